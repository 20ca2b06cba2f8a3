"""Uses `letta serve` with the Python client, and prints a line of JSON for each result."""
import json
import os

from letta_client import Letta

MODEL = "openai/scripted"
BASH = {
    "name": "Bash",
    "description": "Runs a command",
    "parameters": {"type": "object", "properties": {"command": {"type": "string"}}},
}


def report(what, value):
    print(json.dumps({what: value}), flush=True)


def main():
    client = Letta(base_url=os.environ["LETTA_BASE_URL"], api_key=os.environ["LETTA_API_KEY"])
    report("models", [model.handle for model in client.models.list()])
    tool = client.tools.upsert(
        source_code="def Bash(command: str): ...", json_schema=BASH, default_requires_approval=True
    )
    agent = client.agents.create(
        name="Ada",
        model=MODEL,
        memory_blocks=[{"label": "human", "value": "Name: Sam"}],
        tool_ids=[tool.id],
        include_base_tools=False,
    )
    report("agent", [agent.name, agent.model, [block.label for block in agent.blocks]])

    def turn(messages):
        stream = client.agents.messages.stream(agent.id, messages=messages, stream_tokens=True)
        events = list(stream)
        kinds = [event.message_type for event in events]
        report("stream", list(dict.fromkeys(kinds)))
        text = "".join(e.content for e in events if e.message_type == "assistant_message")
        report("text", text)
        return events

    turn([{"role": "user", "content": "Say hello"}])
    asked = turn([{"role": "user", "content": "Now list the files"}])
    calls = [e.tool_call for e in asked if e.message_type == "approval_request_message"]
    answer = {
        "type": "tool",
        "tool_call_id": calls[0].tool_call_id,
        "tool_return": "a.txt",
        "status": "success",
    }
    turn([{"type": "approval", "approvals": [answer]}])
    answer_at_once = client.agents.messages.create(agent.id, messages=[{"role": "user", "content": "Say hello"}])
    report("complete", [[m.message_type for m in answer_at_once.messages], answer_at_once.stop_reason.stop_reason])
    history = client.agents.messages.list(agent.id)
    report("history", [message.message_type for message in history])
    client.agents.blocks.update("human", agent_id=agent.id, value="Name: Sam. Likes tea.")
    report("block", client.agents.blocks.retrieve("human", agent_id=agent.id).value)
    client.agents.delete(agent.id)
    report("left", [one.name for one in client.agents.list()])


main()
