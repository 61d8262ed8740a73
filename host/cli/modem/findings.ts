// SPDX-License-Identifier: Apache-2.0
// What was found out about a modem or a reader, in the order in which it was tried.

/** One thing that was tried. */
export interface Finding {
  /** What was tried: "AT+CSIM", "reset". */
  readonly name: string;
  readonly works: boolean;
  /** What it was tried with, and what came back. */
  readonly says: string;
}

/** Collects findings, and tells each as it comes. */
export class Findings {
  readonly all: Finding[] = [];

  /** `tell` gets what is tried next. */
  constructor(private readonly tell: (name: string) => void) {}

  /** Tries something; what `work` throws is a finding, too. */
  async try(name: string, work: () => Promise<Omit<Finding, 'name'>>): Promise<Finding> {
    this.tell(name);
    const finding = await work().then(
      (found) => ({ name, ...found }),
      (error: Error) => ({ name, works: false, says: error.message }),
    );
    this.all.push(finding);
    return finding;
  }

  /** Whether that was tried and works. */
  works(name: string): boolean {
    return this.all.some((finding) => finding.name === name && finding.works);
  }
}

/** Lines for people. */
export function findingLines(findings: readonly Finding[]): string[] {
  return findings.map(({ name, works, says }) => `${name.padEnd(16)}  ${works ? 'works' : 'fails'}: ${says}`);
}
