// SPDX-License-Identifier: Apache-2.0
// Components of ESipa answers as the members of JSON answers that stand for them (SGP.32 v1.2 §6.4.1).
import type { Tlv } from '../../codec/ber.js';
import { hex, text } from '../../codec/bytes.js';
import { toBase64 } from '../relay/smdp-relay.js';
import type { JsonStyle } from './style.js';

/** Turns a component into the value of its member. */
export type WriteValue = (component: Tlv, style: JsonStyle) => string;

/** TransactionId as upper-case hexadecimal. */
export const transactionIdText: WriteValue = (component) => hex(component.value);

/** UTF8String. */
export const characterText: WriteValue = (component) => text(component.value);

/** The component in base64, tag and all. */
export const elementText: WriteValue = (component) => toBase64(component.raw);

/** What is inside the component's own tag (explicit tagging), in base64. */
export const innerElementText: WriteValue = (component) => toBase64(component.value);

/** A signature in base64. */
export const signatureText: WriteValue = (component, style) => toBase64(style.bareSignatures ? component.value : component.raw);

/** An OCTET STRING in base64. */
export const octetStringText: WriteValue = (component, style) => toBase64(style.bareOctetStrings ? component.value : component.raw);
