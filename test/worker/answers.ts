/** Answers that a test leaves unread hold no place for the next one (setup.ts). */
const answers: Response[] = [];

/** The same answer, whose body is cancelled when the test is done. */
export function released(answer: Response): Response {
  answers.push(answer);
  return answer;
}

export async function release(): Promise<void> {
  const left = answers.splice(0).filter(({ body, bodyUsed }) => body && !bodyUsed);
  await Promise.all(left.map(({ body }) => body?.cancel().catch(() => undefined)));
  if (left.length > 0) await scheduler.wait(10); // the platform tells the Worker a little later
}
