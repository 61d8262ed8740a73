// SPDX-License-Identifier: Apache-2.0
// From the address that the eUICC or the activation code names to the server that is really asked.

import { ASN1_PATH } from './rsp-binding.js';

/** Where an address leads. */
export interface HttpsTarget {
  /** "https://host:port", for the Host header. */
  readonly origin: string;
  /** The name or IP address that the server's certificate must hold, without brackets. */
  readonly hostName: string;
  /** Where the TCP connection goes. */
  readonly connectHost: string;
  readonly connectPort: number;
}

export interface AddressOptions {
  /** Asked instead of every peer's own address, such as "https://127.0.0.1:8443". */
  readonly baseUrl?: string;
  /** Where a "host" or "host:port" is found: another "host:port". Names, certificates and headers stay those of the address. */
  readonly resolve?: Readonly<Record<string, string>>;
}

/** Finds the server for "host" or "host:port" (SGP.32 v1.2 §2.11.1.1.1, eimFqdn). @throws Error for what is no address. */
export function httpsTarget(address: string, options: AddressOptions): HttpsTarget {
  const url = options.baseUrl === undefined ? addressUrl(address) : baseUrl(options.baseUrl);
  const place = placeOf(url, options.resolve ?? {});
  return {
    origin: url.origin,
    hostName: withoutBrackets(url.hostname),
    connectHost: withoutBrackets(place.hostname),
    connectPort: Number(place.port || 443),
  };
}

function addressUrl(address: string): URL {
  const url = URL.canParse(`https://${address}`) ? new URL(`https://${address}`) : undefined;
  if (url === undefined || /[/?#@\\\s]/.test(address)) {
    throw new Error(`"${address}" is no server address; it should be a host name or IP address, with :port if need be`);
  }
  return url;
}

function baseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const rest = url === undefined ? '' : url.pathname + url.search + url.hash + url.username;
  if (url?.protocol !== 'https:' || !['/', ASN1_PATH].includes(rest)) {
    throw new Error(`"${text}" is no server URL; write https://<host> or https://<host>:<port>`);
  }
  return url;
}

function placeOf(url: URL, resolve: Readonly<Record<string, string>>): URL {
  const named = [`${url.hostname}:${url.port || 443}`, url.hostname].find((name) => Object.hasOwn(resolve, name));
  return named === undefined ? url : addressUrl(resolve[named]!);
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
