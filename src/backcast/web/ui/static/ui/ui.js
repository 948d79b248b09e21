// What htmx does not do by itself. Pages work without this file.
"use strict";

const offline = () => document.getElementById("offline");
document.addEventListener("htmx:sendError", () => { offline().hidden = false; });
document.addEventListener("htmx:afterRequest", (event) => { if (event.detail.xhr.status) offline().hidden = true; });

// One note about a source is open at a time; Escape or a click elsewhere closes it.
const closeSources = (except) => document.querySelectorAll("details.source[open]").forEach((note) => { if (note !== except) note.open = false; });
document.addEventListener("click", (event) => closeSources(event.target.closest("details.source")));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") closeSources(); });
