/** The wordings and codes with which providers report that a prompt is too long for the context window. */
const PATTERNS: readonly RegExp[] = [
  /context.?(length|window|size|limit|overflow)|exceed_context|context_length_exceeded|max_context/i,
  /(exceed|overflow|longer than|larger than|greater than|out of|beyond|full).{0,80}\bcontext\b/i,
  /\bcontext\b.{0,80}(exceed|overflow|too (long|large|small)|is full|longer than)/i,
  /\b(prompt|inputs?|conversation|messages?|requests?|chat history)\b.{0,80}(too (long|large|many tokens)|longer than|exceed|over the limit)/i,
  /(too many|maximum|max|limit of).{0,30}\btokens\b.{0,40}(exceed|allowed|prompt|input|reached)|too many (\w+ )?tokens|maximum number of tokens/i,
  /tokens?\b.{0,80}(exceed|longer than|too (long|large|many)|must be (<|≤|less|at most|no more)|over the limit|cannot exceed)/i,
  /(tokens?|token_count|(sequence|prompt|input|query|context)[ _-](length|size))\b.{0,40}\d+.{0,20}(> ?\d|exceed|(above|over|beyond) the (limit|max))/i,
  /\b(prompt|inputs?|conversation|messages?|requests?)\b.{0,40}\d+ tokens\b.{0,40}\b(limit|max)/i,
  /(not|n't) fit.{0,40}\b(window|context|model|memory slot)/i,
  /tokens?_limit|above_max_length|content_length_exceed|\bn_ctx\b|kv.?cache.{0,40}(full|exhaust|no (room|space))|memory slot/i,
  /\bcontext\b.{0,80}(used up|exhausted|(no|not enough|insufficient) (room|space|memory))/i,
  /(exceed|over|above).{0,60}(token limit|tokens? allowed|(max|maximum) (prompt|input|model|sequence|token|context)|model token)/i,
  /(max|maximum)[ _-](allowed )?(prompt|input|model|sequence|content|total)[ _-](token )?(length|size|count)|max_(seq|sequence|model|input)_len/i,
  /(reduce|shorten|decrease).{0,40}(length|size|number of|prompt|messages?|input)/i,
  /input length|length of (the )?(input|prompt)|prompt length|prompt_too_long|input_too_long|request_too_large|too many total text bytes/i,
  /must have less than \d+ tokens/i,
  /(输入|上下文|提示|长度|token|prompt).{0,20}(超|过长|太长)|超(过|出|长).{0,20}(长度|上限|限制|token)/i,
  /(入力|コンテキスト|プロンプト|トークン).{0,30}(超|長すぎ|上限)|(컨텍스트|토큰|프롬프트|입력).{0,30}(초과|너무 길|너무 깁)/i,
  /(eingabe|kontext|entrée|contexte|entrada|contexto|контекст|запрос|prompt|tokens?).{0,40}(zu (lang|groß)|überschr|trop long|dépass|demasiado larg|muito long|supera|excede|слишком|превыш)/i,
]

/** A limit of the answer, not of the prompt. */
const OUTPUT_LIMIT = /max_(completion_|output_|new_)?tokens|output tokens|completion tokens/i
const PROMPT = /context|prompt|input|messages/i
/** Of one image, wherever it is: "messages.3.content.1.image.source.base64: image exceeds 5 MB maximum". */
const IMAGE_LIMIT = /\bimages?\b.{0,80}(exceed|too (large|big|many)|max|larger than|limit)/i
const WINDOW = /context|tokens?\b|prompt/i

export function namesOverflow(reason: string): boolean {
  if (OUTPUT_LIMIT.test(reason) && !PROMPT.test(reason)) return false
  if (IMAGE_LIMIT.test(reason) && !WINDOW.test(reason)) return false
  return PATTERNS.some((pattern) => pattern.test(reason))
}
