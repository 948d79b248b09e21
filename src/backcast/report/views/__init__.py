"""What the templates show: plain records made from a run, one module per part of the page."""
