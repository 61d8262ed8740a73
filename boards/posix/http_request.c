/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request: what the bindings of ESipa, ES9+ and ES11 say of HTTP (SGP.32 v1.2 §6.1, SGP.22 v2.5 §6.2, §6.5, §6.6). */

#include <stdio.h>

#include "http.h"
#include "ipa_abi.h"

/** The name of a function in the paths of the JSON binding; NULL for one of a newer module. */
static const char *function_name(uint8_t function) {
  switch (function) {
    case IPA_RSP_FUNCTION_INITIATE_AUTHENTICATION: return "initiateAuthentication";
    case IPA_RSP_FUNCTION_GET_BOUND_PROFILE_PACKAGE: return "getBoundProfilePackage";
    case IPA_RSP_FUNCTION_AUTHENTICATE_CLIENT: return "authenticateClient";
    case IPA_RSP_FUNCTION_HANDLE_NOTIFICATION: return "handleNotification";
    case IPA_RSP_FUNCTION_CANCEL_SESSION: return "cancelSession";
    case IPA_RSP_FUNCTION_GET_EIM_PACKAGE: return "getEimPackage";
    case IPA_RSP_FUNCTION_PROVIDE_EIM_PACKAGE_RESULT: return "provideEimPackageResult";
    default: return NULL;
  }
}

uint32_t http_request_head(char head[HTTP_HEAD_BYTES], const struct http_request *request) {
  static const char *const folders[] = {"esipa", "es9plus", "es11"};
  const bool is_json = request->binding == IPA_BINDING_JSON;
  const char *function = function_name(request->function);
  if (function == NULL) return 0;
  char path[64] = "asn1";
  if (is_json) snprintf(path, sizeof path, "%s/%s", folders[request->kind], function);
  /* the version that an eIM is told is that of SGP.32; SM-DP+ in the field know that of LPAs */
  const int length = snprintf(head, HTTP_HEAD_BYTES,
                              "POST /gsma/rsp2/%s HTTP/1.1\r\n"
                              "Host: %s\r\n"
                              "User-Agent: gsma-rsp-ipad\r\n"
                              "X-Admin-Protocol: gsma/rsp/%s\r\n"
                              "Content-Type: %s\r\n"
                              "Content-Length: %u\r\n\r\n",
                              path, request->host, request->kind == IPA_PEER_KIND_EIM ? "v2.1.0" : "v2.2.2",
                              is_json ? "application/json;charset=UTF-8" : "application/x-gsma-rsp-asn1", request->body_bytes);
  return length > 0 && length < HTTP_HEAD_BYTES ? (uint32_t)length : 0;
}
