// SPDX-License-Identifier: Apache-2.0
// The smallest IPAd that speaks CoAP: ipad-min.ts with CoAP beside HTTPS, all options, and the poll schedule. What it leaves out besides is
// what ipad-min leaves out, and PUSH: packages are fetched, not pushed.

export * from './ipad';
