// The provider packages hand a refusal on as text; only what came over the wire tells it apart.

type Fields = Readonly<Record<string, unknown>>;

const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The piece of a refusal in one event of a stream of OpenAI chat or responses. */
export function refusalIn(event: unknown): string | undefined {
  const fields = asFields(event);
  if (fields.type === 'response.refusal.delta') return typeof fields.delta === 'string' ? fields.delta : undefined;
  const { refusal } = asFields(asFields(asList(fields.choices)[0]).delta);
  return typeof refusal === 'string' && refusal !== '' ? refusal : undefined;
}

/** The refusals in a whole answer. */
export function refusalsOf(body: unknown): readonly string[] {
  const fields = asFields(body);
  const chat = asList(fields.choices).map((choice) => asFields(asFields(choice).message).refusal);
  const items = asList(fields.output).flatMap((item) => asList(asFields(item).content));
  const all = [...chat, ...items.map((item) => asFields(item).refusal)];
  return all.filter((refusal): refusal is string => typeof refusal === 'string' && refusal !== '');
}
