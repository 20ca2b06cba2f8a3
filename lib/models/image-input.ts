/** Models that are known to read text only. Of others the provider decides. */
const TEXT_ONLY =
  /(^|[/:])(gpt-3\.5|gpt-4-0|gpt-4$|gpt-oss|o1-mini|o1-preview|o3-mini|claude-(2|instant)|deepseek(?!.*(vl|ocr))|codestral|devstral|ministral-8b|mixtral|open-mistral|mistral-7b|mistral-nemo|command-r|llama-?(2|3|3\.1|3\.3)([-:]|$)|codellama|qwen-?(2|2\.5|3)(-coder|-math|[-:]\d|$)|qwq|phi-?[34](\.5)?(-mini|[-:]|$)|kimi-k2($|-instruct|-thinking|-turbo|-0)|glm-4\.[5-7]($|-air|-flash)|gemma-?(2|3n?[-:](1b|270m))|smollm|starcoder|granite-?(3|4|code))/i

/** Whether a model is known not to read images. `handle`: `provider/model`. */
export function readsTextOnly(handle: string): boolean {
  return TEXT_ONLY.test(handle)
}
