import type { FullConfig, FullResult, Reporter, Suite, TestCase, TestResult } from '@playwright/test/reporter';
import { type Outcome, OUTCOME, seconds, sum } from './outcome';

/** One line per trial, and what they come to. */
export default class TrialsReporter implements Reporter {
  private readonly outcomes: Outcome[] = [];
  private readonly failed: string[] = [];
  private readonly skipped = new Map<string, number>();
  private passed = 0;

  onBegin(_: FullConfig, suite: Suite): void {
    console.log(`${suite.allTests().length} trials of ${seconds(Number(process.env.TRIALS_LENGTH_MS))}, seed ${process.env.TRIALS_SEED}`);
  }

  onTestEnd({ title }: TestCase, { status, errors, annotations }: TestResult): void {
    const known = annotations.find(({ type }) => type === OUTCOME)?.description;
    const outcome = known ? (JSON.parse(known) as Outcome) : undefined;
    if (outcome) this.outcomes.push(outcome);
    if (status === 'skipped') {
      const why = annotations.find(({ type }) => type === 'skip')?.description ?? 'nobody said why';
      this.skipped.set(why, (this.skipped.get(why) ?? 0) + 1);
      console.log(`skip  ${title}: ${why}`);
    } else if (status === 'passed' && outcome) {
      this.passed += 1;
      console.log(`ok    ${title}: ${sum(outcome)}`);
    } else {
      this.failed.push(title);
      console.log(`FAIL  ${title}: ${outcome ? sum(outcome) : 'no outcome'}`);
      for (const { message, stack } of errors) console.log((stack ?? message ?? 'no message').replace(/^/gm, '      '));
    }
  }

  onError(error: { message?: string }): void {
    this.failed.push(error.message ?? 'an error without a message');
    console.log(`FAIL  ${error.message}`);
  }

  async onEnd({ status }: FullResult): Promise<{ status: FullResult['status'] }> {
    const lost = this.outcomes.filter(({ lostMs }) => lostMs !== undefined).sort((one, other) => other.lostMs! - one.lostMs!);
    console.log(`${this.passed} whole, ${this.failed.length} failed`);
    for (const [why, count] of this.skipped) console.log(`${count} skipped: ${why}`);
    if (lost.length > 0) {
      const { plan, lostMs } = lost[0];
      console.log(`most lost: ${seconds(lostMs!)} (trial ${plan.number}, ${plan.fault}); median ${seconds(lost[Math.floor(lost.length / 2)].lostMs!)}`);
    }
    for (const title of this.failed) console.log(`failed: ${title}`);
    // Trials that did not take place say nothing.
    return { status: this.passed === 0 && status === 'passed' ? 'failed' : status };
  }

  printsToStdio(): boolean {
    return true;
  }
}
