"use strict";

// The end of a connect popup: the window that opened it hears the result, and a success closes by itself.
for (const end of document.querySelectorAll("[data-connect-end]")) {
  const { openerOrigin, openerMessage, connected } = end.dataset;
  const close = end.querySelector("[data-close]");
  if (openerOrigin && window.opener) window.opener.postMessage(JSON.parse(openerMessage), openerOrigin);
  // A window that no script opened, or that a provider's page cut off from its opener, only the person can close.
  if (!window.opener) { close.hidden = true; continue; }
  close.addEventListener("click", () => window.close());
  if (connected !== undefined) setTimeout(() => window.close(), 300);
}
