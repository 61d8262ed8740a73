// SPDX-License-Identifier: Apache-2.0
// The functions of GnuTLS that DTLS needs: as its headers declare them, and as TypeScript sees them.

/** An address in native memory; null is none. */
export type Pointer = bigint | null;

/** gnutls_datum_t: bytes and their number. */
export interface Datum {
  readonly data: Pointer | Uint8Array;
  readonly size: number;
}

/** Where a function puts a value: the first element, or the members. */
export type Out<T> = [T];

/** The C functions, without their prefix gnutls_; `session`, `credentials` and the like are handles. */
export interface GnutlsFunctions {
  init(session: Out<Pointer>, flags: number): number;
  deinit(session: Pointer): void;
  priority_set_direct(session: Pointer, priorities: string, errorAt: null): number;
  credentials_set(session: Pointer, kind: number, credentials: Pointer): number;
  transport_set_ptr(session: Pointer, owner: Pointer): void;
  transport_set_push_function(session: Pointer, callback: Pointer): void;
  transport_set_pull_function(session: Pointer, callback: Pointer): void;
  transport_set_pull_timeout_function(session: Pointer, callback: Pointer): void;
  transport_set_errno(session: Pointer, errno: number): void;
  session_set_verify_function(session: Pointer, callback: Pointer): void;
  handshake(session: Pointer): number;
  record_send(session: Pointer, bytes: Uint8Array, length: number): number;
  record_recv(session: Pointer, buffer: Uint8Array, length: number): number;
  bye(session: Pointer, how: number): number;
  alert_get(session: Pointer): number;
  alert_get_name(alert: number): string | null;
  alert_send(session: Pointer, level: number, alert: number): number;
  alert_send_appropriate(session: Pointer, result: number): number;
  error_is_fatal(result: number): number;
  strerror(result: number): string;
  session_get_desc(session: Pointer): Pointer;
  session_is_resumed(session: Pointer): number;
  session_get_data2(session: Pointer, data: Partial<Datum>): number;
  session_set_data(session: Pointer, data: Uint8Array, size: number): number;
  session_ticket_enable_server(session: Pointer, key: Datum): number;
  db_set_cache_expiration(session: Pointer, seconds: number): void;
  db_set_ptr(session: Pointer, owner: Pointer): void;
  db_set_store_function(session: Pointer, callback: Pointer): void;
  db_set_retrieve_function(session: Pointer, callback: Pointer): void;
  db_set_remove_function(session: Pointer, callback: Pointer): void;
  dtls_set_mtu(session: Pointer, bytes: number): void;
  dtls_get_data_mtu(session: Pointer): number;
  dtls_set_timeouts(session: Pointer, retransmitMs: number, totalMs: number): void;
  dtls_get_timeout(session: Pointer): number;
  dtls_cookie_send(key: Datum, client: Uint8Array, clientBytes: number, state: PreState, owner: Pointer, push: Pointer): number;
  dtls_cookie_verify(key: Datum, client: Uint8Array, clientBytes: number, message: Uint8Array, bytes: number, state: PreState): number;
  dtls_prestate_set(session: Pointer, state: PreState): void;
  server_name_set(session: Pointer, kind: number, name: string, bytes: number): number;
  certificate_allocate_credentials(credentials: Out<Pointer>): number;
  certificate_free_credentials(credentials: Pointer): void;
  certificate_set_x509_trust_mem(credentials: Pointer, certificates: Datum, format: number): number;
  certificate_set_x509_system_trust(credentials: Pointer): number;
  certificate_set_x509_key_mem(credentials: Pointer, certificates: Datum, key: Datum, format: number): number;
  certificate_set_rawpk_key_mem(
    credentials: Pointer,
    spki: Datum,
    key: Datum,
    format: number,
    password: null,
    usage: number,
    names: null,
    nameCount: number,
    flags: number,
  ): number;
  certificate_type_get2(session: Pointer, whose: number): number;
  certificate_get_peers(session: Pointer, count: Out<number>): Pointer;
  certificate_verify_peers2(session: Pointer, status: Out<number>): number;
  certificate_verification_status_print(status: number, kind: number, text: Partial<Datum>, flags: number): number;
  psk_allocate_client_credentials(credentials: Out<Pointer>): number;
  psk_free_client_credentials(credentials: Pointer): void;
  psk_set_client_credentials(credentials: Pointer, identity: string, key: Datum, format: number): number;
  psk_allocate_server_credentials(credentials: Out<Pointer>): number;
  psk_free_server_credentials(credentials: Pointer): void;
  psk_set_server_credentials_function(credentials: Pointer, callback: Pointer): void;
  psk_server_get_username(session: Pointer): string | null;
}

/** gnutls_dtls_prestate_st: where the handshake goes on after the exchange of cookies. */
export interface PreState {
  record_seq?: number;
  hsk_read_seq?: number;
  hsk_write_seq?: number;
}

/** The declarations, without result codes' meaning: below 0 is an error unless said otherwise. */
export const PROTOTYPES: Readonly<Record<keyof GnutlsFunctions, string>> = {
  init: 'int gnutls_init(_Out_ void **session, uint flags)',
  deinit: 'void gnutls_deinit(void *session)',
  priority_set_direct: 'int gnutls_priority_set_direct(void *session, const char *priorities, void *error_at)',
  credentials_set: 'int gnutls_credentials_set(void *session, int kind, void *credentials)',
  transport_set_ptr: 'void gnutls_transport_set_ptr(void *session, void *owner)',
  transport_set_push_function: 'void gnutls_transport_set_push_function(void *session, void *callback)',
  transport_set_pull_function: 'void gnutls_transport_set_pull_function(void *session, void *callback)',
  transport_set_pull_timeout_function: 'void gnutls_transport_set_pull_timeout_function(void *session, void *callback)',
  transport_set_errno: 'void gnutls_transport_set_errno(void *session, int number)',
  session_set_verify_function: 'void gnutls_session_set_verify_function(void *session, void *callback)',
  handshake: 'int gnutls_handshake(void *session)',
  record_send: 'intptr_t gnutls_record_send(void *session, const uint8_t *bytes, size_t length)',
  record_recv: 'intptr_t gnutls_record_recv(void *session, uint8_t *buffer, size_t length)',
  bye: 'int gnutls_bye(void *session, int how)',
  alert_get: 'int gnutls_alert_get(void *session)',
  alert_get_name: 'const char *gnutls_alert_get_name(int alert)',
  alert_send: 'int gnutls_alert_send(void *session, int level, int alert)',
  alert_send_appropriate: 'int gnutls_alert_send_appropriate(void *session, int result)',
  error_is_fatal: 'int gnutls_error_is_fatal(int result)',
  strerror: 'const char *gnutls_strerror(int result)',
  session_get_desc: 'void *gnutls_session_get_desc(void *session)',
  session_is_resumed: 'int gnutls_session_is_resumed(void *session)',
  session_get_data2: 'int gnutls_session_get_data2(void *session, _Out_ gnutls_datum_t *data)',
  session_set_data: 'int gnutls_session_set_data(void *session, const uint8_t *data, size_t size)',
  session_ticket_enable_server: 'int gnutls_session_ticket_enable_server(void *session, const gnutls_datum_t *key)',
  db_set_cache_expiration: 'void gnutls_db_set_cache_expiration(void *session, int seconds)',
  db_set_ptr: 'void gnutls_db_set_ptr(void *session, void *owner)',
  db_set_store_function: 'void gnutls_db_set_store_function(void *session, void *callback)',
  db_set_retrieve_function: 'void gnutls_db_set_retrieve_function(void *session, void *callback)',
  db_set_remove_function: 'void gnutls_db_set_remove_function(void *session, void *callback)',
  dtls_set_mtu: 'void gnutls_dtls_set_mtu(void *session, uint bytes)',
  dtls_get_data_mtu: 'uint gnutls_dtls_get_data_mtu(void *session)',
  dtls_set_timeouts: 'void gnutls_dtls_set_timeouts(void *session, uint retransmit_ms, uint total_ms)',
  dtls_get_timeout: 'uint gnutls_dtls_get_timeout(void *session)',
  dtls_cookie_send:
    'int gnutls_dtls_cookie_send(const gnutls_datum_t *key, const uint8_t *client, size_t client_bytes, ' +
    '_Inout_ gnutls_dtls_prestate_st *state, void *owner, void *push)',
  dtls_cookie_verify:
    'int gnutls_dtls_cookie_verify(const gnutls_datum_t *key, const uint8_t *client, size_t client_bytes, ' +
    'const uint8_t *message, size_t bytes, _Inout_ gnutls_dtls_prestate_st *state)',
  dtls_prestate_set: 'void gnutls_dtls_prestate_set(void *session, const gnutls_dtls_prestate_st *state)',
  server_name_set: 'int gnutls_server_name_set(void *session, int kind, const char *name, size_t bytes)',
  certificate_allocate_credentials: 'int gnutls_certificate_allocate_credentials(_Out_ void **credentials)',
  certificate_free_credentials: 'void gnutls_certificate_free_credentials(void *credentials)',
  certificate_set_x509_trust_mem:
    'int gnutls_certificate_set_x509_trust_mem(void *credentials, const gnutls_datum_t *certificates, int format)',
  certificate_set_x509_system_trust: 'int gnutls_certificate_set_x509_system_trust(void *credentials)',
  certificate_set_x509_key_mem:
    'int gnutls_certificate_set_x509_key_mem(void *credentials, const gnutls_datum_t *certificates, const gnutls_datum_t *key, int format)',
  certificate_set_rawpk_key_mem:
    'int gnutls_certificate_set_rawpk_key_mem(void *credentials, const gnutls_datum_t *spki, const gnutls_datum_t *key, int format, ' +
    'const char *password, uint usage, void *names, uint name_count, uint flags)',
  certificate_type_get2: 'int gnutls_certificate_type_get2(void *session, int whose)',
  certificate_get_peers: 'void *gnutls_certificate_get_peers(void *session, _Out_ uint *count)',
  certificate_verify_peers2: 'int gnutls_certificate_verify_peers2(void *session, _Out_ uint *status)',
  certificate_verification_status_print:
    'int gnutls_certificate_verification_status_print(uint status, int kind, _Out_ gnutls_datum_t *text, uint flags)',
  psk_allocate_client_credentials: 'int gnutls_psk_allocate_client_credentials(_Out_ void **credentials)',
  psk_free_client_credentials: 'void gnutls_psk_free_client_credentials(void *credentials)',
  psk_set_client_credentials:
    'int gnutls_psk_set_client_credentials(void *credentials, const char *identity, const gnutls_datum_t *key, int format)',
  psk_allocate_server_credentials: 'int gnutls_psk_allocate_server_credentials(_Out_ void **credentials)',
  psk_free_server_credentials: 'void gnutls_psk_free_server_credentials(void *credentials)',
  psk_set_server_credentials_function: 'void gnutls_psk_set_server_credentials_function(void *credentials, void *callback)',
  psk_server_get_username: 'const char *gnutls_psk_server_get_username(void *session)',
};
