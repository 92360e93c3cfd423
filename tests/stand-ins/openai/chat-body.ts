// A request to /v1/chat/completions once its fields are known to be right.

export interface ChatTextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface ChatToolCall {
  readonly id: string;
  readonly function: { readonly name: string; readonly arguments: string };
}

export type ChatMessage =
  | { readonly role: 'system' | 'developer'; readonly content: string | readonly ChatTextPart[] }
  | {
      readonly role: 'user';
      readonly content: string | readonly (ChatTextPart | { readonly type: 'image_url' | 'input_audio' | 'file' })[];
    }
  | {
      readonly role: 'assistant';
      readonly content?:
        | string
        | null
        | readonly (ChatTextPart | { readonly type: 'refusal'; readonly refusal: string })[];
      readonly refusal?: string | null;
      readonly tool_calls?: readonly ChatToolCall[];
    }
  | { readonly role: 'tool'; readonly content: string | readonly ChatTextPart[]; readonly tool_call_id: string };

export interface ChatTool {
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters?: unknown;
    readonly strict?: boolean | null;
  };
}

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ChatTool[];
  readonly tool_choice?: 'none' | 'auto' | 'required' | { readonly function: { readonly name: string } };
  readonly parallel_tool_calls?: boolean;
  readonly response_format?:
    | { readonly type: 'text' | 'json_object' }
    | {
        readonly type: 'json_schema';
        readonly json_schema: { readonly name: string; readonly schema?: unknown; readonly strict?: boolean | null };
      };
  readonly stream?: boolean | null;
  readonly stream_options?: { readonly include_usage?: boolean } | null;
  readonly max_completion_tokens?: number | null;
  readonly max_tokens?: number | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly stop?: string | readonly string[] | null;
  readonly reasoning_effort?: string | null;
  readonly metadata?: Readonly<Record<string, unknown>> | null;
  readonly logprobs?: boolean | null;
  readonly top_logprobs?: number | null;
  readonly prompt_cache_key?: string | null;
}

export function textOf(content: ChatMessage['content']): string {
  if (content === undefined || content === null) return '';
  if (typeof content === 'string') return content;
  return content
    .map((part) => (part.type === 'text' ? part.text : part.type === 'refusal' ? part.refusal : ''))
    .join('');
}
