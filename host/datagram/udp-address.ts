// SPDX-License-Identifier: Apache-2.0
// From the address that the eUICC names to the UDP port that is really asked.

/** Where an address leads. */
export interface UdpTarget {
  /** "host:port" as it is written in CoAP URIs, for people and for keeping sessions apart. */
  readonly name: string;
  /** The name or IP address that the server's certificate must hold, without brackets. */
  readonly hostName: string;
  /** Where datagrams go. */
  readonly sendHost: string;
  readonly sendPort: number;
}

/** UDP ports of coap and coaps (RFC 7252 §6.1, §6.2). */
export const DEFAULT_PORTS = { coap: 5683, coaps: 5684 } as const;

/**
 * Finds the server for "host" or "host:port", IPv6 addresses in brackets. `resolve` says where a "host" or "host:port" is found: another
 * "host:port"; the name that the certificate must hold stays that of the address. @throws Error for what is no address.
 */
export function udpTarget(address: string, defaultPort: number, resolve: Readonly<Record<string, string>> = {}): UdpTarget {
  const asked = parse(address, defaultPort);
  const named = [nameOf(asked), bracketed(asked.host)].find((name) => Object.hasOwn(resolve, name));
  const place = named === undefined ? asked : parse(resolve[named]!, defaultPort);
  return { name: nameOf(asked), hostName: asked.host, sendHost: place.host, sendPort: place.port };
}

interface Place {
  readonly host: string;
  readonly port: number;
}

function parse(address: string, defaultPort: number): Place {
  const url = URL.canParse(`https://${address}`) ? new URL(`https://${address}`) : undefined;
  const port = /:(\d+)$/.exec(address.replace(/^\[.*\]/, ''))?.[1];
  if (url === undefined || /[/?#@\\\s]/.test(address) || port === '0')
    throw new Error(`"${address}" is no server address; it should be a host name or IP address, with :port if need be`);
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: port === undefined ? defaultPort : Number(port) };
}

/** How host and port are written together. */
export function nameOf({ host, port }: Place): string {
  return `${bracketed(host)}:${port}`;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
