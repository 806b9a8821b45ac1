// Gatewright in the browser: lets a person connect an account at another provider to your app.
//
//   import Gatewright from "https://HOST/sdk/gatewright.js";
//   const gatewright = new Gatewright({ publicKey: "gw_pk_…" });
//   const { connectionId } = await gatewright.auth("github", "user-1");
//
// Types: gatewright.d.ts beside this file. No dependencies, no build step. Apache-2.0.

const home = new URL(import.meta.url).origin;
const lifetime = 15 * 60 * 1000;

/** Every rejection is one of these; `type` names what went wrong. */
export class GatewrightError extends Error {
  constructor(type, message) {
    super(message);
    this.name = "GatewrightError";
    this.type = type;
  }
}

export default class Gatewright {
  #settings;
  #host;

  constructor(settings = {}) {
    this.#settings = settings;
    this.#host = (settings.host ?? home).replace(/\/+$/, "");
    if (!/^https?:\/\/[^/]+$/.test(this.#host)) throw new GatewrightError("invalid_host_url", "host must be like https://gatewright.example");
    if (!settings.publicKey && !settings.sessionToken) {
      throw new GatewrightError("missing_auth_token", "Give a publicKey, or the sessionToken that your backend got.");
    }
  }

  /** Connects one integration. With a session token the connection ID is left out: Gatewright makes it. */
  async auth(integration, connectionId, options) {
    if (typeof connectionId === "object" && options === undefined) [connectionId, options] = [undefined, connectionId];
    options = { ...this.#settings, ...options };
    if (!integration) throw new GatewrightError("missing_integration", "Say which integration.");
    if (!this.#settings.sessionToken && !connectionId) {
      throw new GatewrightError("missing_connection_id", "Say which connection ID: your own name for the person.");
    }
    const query = this.#query(connectionId, options);
    return options.credentials
      ? this.#post(integration, query, options.credentials)
      : this.#visit(`/oauth/connect/${encodeURIComponent(integration)}`, query, options);
  }

  /** Opens the page that Gatewright hosts for a session: the person chooses there what to connect. */
  async openPage(options) {
    if (!this.#settings.sessionToken) throw new GatewrightError("missing_connect_session_token", "The page needs a sessionToken.");
    return this.#visit("/connect", new URLSearchParams({ session_token: this.#settings.sessionToken }), { ...this.#settings, ...options });
  }

  /** After a redirect: what came of it, or null. Takes it out of the page's address; rejects when it failed. */
  static takeResult() {
    const address = new URL(location.href);
    const read = (name) => address.searchParams.get(name);
    if (!read("status") || !read("provider_config_key") || !read("at")) return null;
    const result = {
      providerConfigKey: read("provider_config_key"), connectionId: read("connection_id"),
      at: Number(read("at")), signature: read("signature") ?? undefined,
    };
    const failure = read("status") === "success" ? null : new GatewrightError(read("error_type") ?? "unknown_error", read("error_desc") ?? "");
    for (const name of ["status", "provider_config_key", "connection_id", "at", "signature", "error_type", "error_desc"]) address.searchParams.delete(name);
    history.replaceState(history.state, "", address);
    if (failure) throw failure;
    return result;
  }

  #query(connectionId, options) {
    const query = new URLSearchParams();
    const add = (name, value) => { if (value !== undefined && value !== null && value !== "") query.append(name, value); };
    add("connect_session_token", this.#settings.sessionToken);
    if (!this.#settings.sessionToken) {
      add("public_key", this.#settings.publicKey);
      add("connection_id", connectionId);
      add("hmac", options.hmac);
    }
    for (const [name, value] of Object.entries(options.params ?? {})) add(`params[${name}]`, value);
    for (const [name, value] of Object.entries(options.authorizationParams ?? {})) query.append(`authorization_params[${name}]`, value ?? "undefined");
    add("user_scope", options.userScope?.join(","));
    for (const [name, value] of Object.entries(options.signed ?? {})) query.set(name, value);
    return query;
  }

  async #post(integration, query, credentials) {
    const [path, body] =
      credentials.apiKey !== undefined ? ["/api-auth/api-key/", { apiKey: credentials.apiKey }]
      : credentials.username !== undefined ? ["/api-auth/basic/", { username: credentials.username, password: credentials.password ?? "" }]
      : credentials.clientId !== undefined ? ["/oauth2/auth/", { client_id: credentials.clientId, client_secret: credentials.clientSecret }]
      : credentials.tokenId !== undefined ? ["/auth/tba/", { token_id: credentials.tokenId, token_secret: credentials.tokenSecret }]
      : credentials.jwt !== undefined ? ["/auth/jwt/", credentials.jwt]
      : credentials.twoStep !== undefined ? ["/auth/two-step/", credentials.twoStep]
      : Object.keys(credentials).length === 0 ? ["/auth/unauthenticated/", {}]
      : [];
    if (!path) throw new GatewrightError("missing_credentials", "credentials must be { apiKey }, { username, password }, { clientId, clientSecret }, { tokenId, tokenSecret }, { jwt }, { twoStep } or {}.");
    let response;
    try {
      response = await fetch(`${this.#host}${path}${encodeURIComponent(integration)}?${query}`, {
        method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), credentials: "omit",
      });
    } catch {
      throw new GatewrightError("network_error", "Gatewright did not answer, or this page's origin is not allowed.");
    }
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return answer;
    const { error, type } = answer;
    throw new GatewrightError(error?.code ?? type ?? "unknown_error", error?.message ?? (typeof error === "string" ? error : `HTTP ${response.status}`));
  }

  /** A popup, or the whole page where there is none. The popup opens before anything is awaited: browsers ask for that. */
  async #visit(path, query, options) {
    const mode = options.mode ?? "auto";
    if (!["auto", "popup", "redirect"].includes(mode)) throw new GatewrightError("invalid_mode", "mode must be auto, popup or redirect.");
    const popup = mode === "redirect" ? null : open("", "_blank", features(options));
    if (!popup) {
      if (mode === "popup") throw new GatewrightError("blocked_by_browser", "The browser blocked the popup. Call auth() in a click, or use mode: \"redirect\".");
      query.set("return_url", options.returnUrl ?? location.href.split("#")[0]);
      location.assign(`${this.#host}${path}?${query}`);
      return new Promise(() => {});
    }
    const id = uuid();
    query.set("ws_client_id", id);
    query.set("origin", location.origin);
    popup.location.replace(`${this.#host}${path}?${query}`);
    return this.#wait(id, popup, options);
  }

  /** The first of three ways brings the result: the popup's message, the socket, a question every few seconds. */
  #wait(id, popup, options) {
    return new Promise((resolve, reject) => {
      const host = this.#host;
      const began = Date.now();
      let isOver = false, socket, retry, wait = 500, closedSince = 0;

      const end = (act, value) => {
        if (isOver) return;
        isOver = true;
        clearInterval(watch);
        clearInterval(asking);
        clearTimeout(retry);
        removeEventListener("message", hear);
        socket?.close();
        act(value);
      };
      const read = (message) => {
        if (message.message_type === "success") end(resolve, { providerConfigKey: message.provider_config_key, connectionId: message.connection_id });
        if (message.message_type === "error") end(reject, new GatewrightError(message.error_type, message.error_desc));
      };
      const hear = (event) => {
        if (event.origin !== host || event.source !== popup) return;
        const { eventType, data } = event.data ?? {};
        if (eventType === "AUTHORIZATION_SUCEEDED") end(resolve, { providerConfigKey: data.providerConfigKey, connectionId: data.connectionId });
        if (eventType === "AUTHORIZATION_FAILED") end(reject, new GatewrightError(data.error.type, data.error.message));
      };
      addEventListener("message", hear);

      const listen = () => {
        if (isOver) return;
        try { socket = new WebSocket(`${host.replace(/^http/, "ws")}/?ws_client_id=${id}`); } catch { return; }
        socket.onmessage = (event) => { wait = 500; read(JSON.parse(event.data)); };
        socket.onclose = () => { retry = setTimeout(listen, wait); wait = Math.min(wait * 2, 10000); };
      };
      listen();

      const ask = async () => {
        try {
          const response = await fetch(`${host}/connect/results/${id}`, { credentials: "omit", cache: "no-store" });
          if (response.status === 200) read(await response.json());
        } catch { /* The next question may get through. */ }
      };
      const asking = setInterval(() => { if (socket?.readyState !== WebSocket.OPEN) ask(); }, 3000);

      // A provider's page may cut the popup off from this one, and `closed` is true then as well. Whoever closes the
      // popup is back here: only then, and after one more question, does it count.
      const watch = setInterval(async () => {
        if (Date.now() - began > lifetime) return end(reject, new GatewrightError("timeout", "Nothing came back within 15 minutes."));
        if (options.detectClosed === false || !popup.closed || !document.hasFocus()) { closedSince = 0; return; }
        closedSince ||= Date.now();
        if (Date.now() - closedSince < 2500) return;
        await ask();
        end(reject, new GatewrightError("window_closed", "The window was closed before anything was connected."));
      }, 500);
    });
  }
}

function features({ width = 500, height = 640 }) {
  const left = Math.max(0, (window.screenX ?? 0) + ((window.outerWidth || width) - width) / 2);
  const top = Math.max(0, (window.screenY ?? 0) + ((window.outerHeight || height) - height) / 2);
  return `popup,width=${width},height=${height},left=${Math.round(left)},top=${Math.round(top)}`;
}

function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
