// SPDX-License-Identifier: Apache-2.0
// Asking the user for a profile and its confirmation code, where there is a user to ask.

import { createInterface } from 'node:readline/promises';
import type { ConsentCallback, ConsentDecision, OfferedProfile } from '../../consent.js';

/** How to decide. */
export interface ConsentSettings {
  /** Yes to every profile. */
  readonly yes: boolean;
  readonly confirmationCode: string | undefined;
  /** Asks one question and gives the answer; undefined: nobody is there. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

/** Decides for `ipa download`, and remembers what was offered and what to do next when it was not installed. */
export class DownloadConsent {
  offered: OfferedProfile | undefined;
  advice: string | undefined;

  constructor(private readonly settings: ConsentSettings) {}

  readonly decide: ConsentCallback = async (profile) => {
    this.offered = profile;
    const consent = this.settings.yes ? true : await this.wanted(profile);
    if (consent !== true) return { install: consent };
    return profile.confirmationCodeRequired ? this.withCode() : { install: true };
  };

  private async wanted(profile: OfferedProfile): Promise<boolean | 'postpone'> {
    const { ask } = this.settings;
    if (!ask) {
      this.advice = 'nobody is there to be asked: give your consent with --yes; the order is still there';
      return 'postpone';
    }
    const rules = profile.policyRules.length === 0 ? '' : `, with the rules ${profile.policyRules.join(', ')}`;
    const answer = await ask(`Install ${nameOf(profile)}${rules}? [y]es, [n]o for ever, [l]ater: `);
    if (/^y(es)?$/i.test(answer.trim())) return true;
    const refused = /^no?$/i.test(answer.trim());
    this.advice = refused
      ? 'the order is refused for good: ask the operator for another'
      : 'the order is still there: download it another time';
    return refused ? false : 'postpone';
  }

  private async withCode(): Promise<ConsentDecision> {
    const { confirmationCode = (await this.settings.ask?.('Confirmation code: '))?.trim() } = this.settings;
    if (confirmationCode) return { install: true, confirmationCode };
    this.advice = 'this profile needs the confirmation code that came with its order: give it with --confirmation-code';
    return { install: 'postpone' };
  }
}

/** A profile for people. */
export function nameOf({ profileName, serviceProviderName, iccid }: OfferedProfile): string {
  return [[serviceProviderName, profileName].filter(Boolean).join(' ') || 'a profile', iccid && `(${iccid})`].filter(Boolean).join(' ');
}

/** Asks on the terminal; undefined when there is none. */
export function terminalAsk(): ConsentSettings['ask'] {
  if (!process.stdin.isTTY) return undefined;
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      return await terminal.question(question);
    } finally {
      terminal.close();
    }
  };
}
