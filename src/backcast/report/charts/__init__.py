"""Charts as inline SVG: drawn in Python, styled by the page, readable in black and white."""
