/** Types of gatewright.js. Copy this file beside your own, or point `paths` at it. */

export interface Settings {
  /** Where Gatewright is; by default where gatewright.js came from. */
  host?: string;
  /** The environment's public key. Needed without a session token. */
  publicKey?: string;
  /** From `POST /connect/sessions`, made by your backend. Needed without a public key. */
  sessionToken?: string;
  /** The popup's size. */
  width?: number;
  height?: number;
  /** `auto` (the default) opens a popup and redirects where it is blocked. */
  mode?: "auto" | "popup" | "redirect";
}

export interface AuthOptions {
  /** Values of this connection, such as `{ subdomain: "acme" }`. */
  params?: Record<string, string>;
  /** Added to the provider's authorization address; `undefined` takes one of its own away. */
  authorizationParams?: Record<string, string | undefined>;
  /** Slack only. */
  userScope?: string[];
  /** Lower-case hex of HMAC-SHA256 over `INTEGRATION:CONNECTION`, from your backend. */
  hmac?: string;
  /** The stronger form: everything your backend signed (`nonce`, `expires`, `signature` and more). */
  signed?: Record<string, string>;
  /** For providers without a page of their own; `{}` for those that need nothing. */
  credentials?:
    | { apiKey: string }
    /** Also where a provider takes an API key as user name: the code on the integration's page says which it is. */
    | { username: string; password?: string }
    | { clientId: string; clientSecret: string }
    /** OAuth 1.0a with a token that the person made (NetSuite). */
    | { tokenId: string; tokenSecret: string }
    /**
     * What a token is signed with. App Store Connect: `{ privateKeyId, issuerId, privateKey }`, the last one all of the
     * .p8 file, and `scope` if you like. A key of two parts (Ghost): `{ privateKey: { id, secret } }` or `"ID:SECRET"`.
     */
    | { jwt: Record<string, string | string[] | { id: string; secret: string }> }
    /** What the provider gives a token for, such as `{ username, password }`. */
    | { twoStep: Record<string, string> }
    | Record<string, never>;
  mode?: "auto" | "popup" | "redirect";
  /** Where a redirect comes back to; by default this page. Its origin must be among the allowed ones. */
  returnUrl?: string;
  /** false: a closed popup is no end. */
  detectClosed?: boolean;
  width?: number;
  height?: number;
}

export interface Result {
  providerConfigKey: string;
  connectionId: string;
}

export interface RedirectResult extends Result {
  /** Seconds since 1970. */
  at: number;
  /** For your backend to check, under the environment's webhook signing key. */
  signature?: string;
}

export type ErrorType =
  // Of this file
  | "invalid_host_url" | "missing_auth_token" | "missing_integration" | "missing_connection_id"
  | "missing_connect_session_token" | "missing_credentials" | "invalid_mode" | "blocked_by_browser" | "window_closed"
  | "timeout" | "network_error" | "unknown_error"
  // Of Gatewright
  | "missing_public_key" | "invalid_public_key" | "unknown_account" | "invalid_connect_session_token_format"
  | "unknown_connect_session_token" | "integration_not_allowed" | "invalid_connection_id" | "no_provider_config_key"
  | "missing_hmac" | "invalid_hmac" | "provider_config_err" | "unknown_config_key" | "url_param_err" | "auth_mode_err"
  | "origin_not_allowed" | "return_url_not_allowed" | "state_err" | "state_cookie_err" | "callback_err" | "token_err"
  | "connection_test_failed" | "connection_validation_failed" | "invalid_body" | "connection_already_exists"
  | "installation_already_connected" | "installation_unproven" | "installation_of_others"
  | "installation_not_owned" | "installation_owner_unknown" | "installation_account_unknown"
  | "rate_limited" | "unknown_err" | (string & {});

export class GatewrightError extends Error {
  readonly type: ErrorType;
  constructor(type: ErrorType, message: string);
}

export default class Gatewright {
  constructor(settings: Settings);
  /** With a public key: your own name for the person goes second. */
  auth(integration: string, connectionId: string, options?: AuthOptions): Promise<Result>;
  /** With a session token: Gatewright makes the connection ID. */
  auth(integration: string, options?: AuthOptions): Promise<Result>;
  /** The hosted page of a session. */
  openPage(options?: AuthOptions): Promise<Result>;
  /** On the page that a redirect comes back to; throws when connecting failed. */
  static takeResult(): RedirectResult | null;
}
