#!/usr/bin/env python3
"""Writes testdata/formats: the same two invented calls as each maker's documents lay them out.

The layouts follow the makers' public documentation; every optional field that repeats words is there. Run it from
the repository's root; the masked forms beside the samples come from
`UPDATE_GOLDEN=1 cargo test --test formats`.
"""

import json
import pathlib
import re

OUT = pathlib.Path("testdata/formats")

ENGLISH = [
    ("agent", "Thank you for calling Northgate Energy, this is Nadia speaking. How can I help?",
     "thank you for calling northgate energy this is nadia speaking how can i help"),
    ("customer", "Hi, my name is John Whitlock and my card number is 4111 1111 1111 1111.",
     "hi my name is john whitlock and my card number is four one one one one one one one one one one one one one one one"),
    ("agent", "Thanks John. Could I take your email address?", "thanks john could i take your email address"),
    ("customer", "Sure, it's john.whitlock@example.com, and my phone is 020 7946 0123.",
     "sure it's john dot whitlock at example dot com and my phone is oh two oh seven nine four six oh one two three"),
    ("agent", "Perfect. The bill of 42 euros will be refunded in 3 days.",
     "perfect the bill of forty two euros will be refunded in three days"),
]
# What a recogniser may have heard instead, for turns 1 and 3.
GUESSES = {
    1: ["Hi, my name is Jon Whitlok and my card number is 4111 1111 1111 1111.",
        "Hi, my name's John Wetlock and my card number is 4111 1111 1111 1111."],
    3: ["Sure, it's john.whitlock@example.com, and my phone is 0207 946 0123."],
}
FRENCH = [
    ("internal", "Bonjour, Nadia à votre écoute, que puis-je faire pour vous ?", None),
    ("external", "Bonjour, je m'appelle Marlène Quentin, mon numéro est le 06 39 98 12 34.", None),
    ("internal", "Merci madame Quentin. Votre facture de 42 euros est réglée.", None),
]
SUMMARY = "John Whitlock called about a refund and left john.whitlock@example.com as his address."


class Words:
    """Words of a call with their times in milliseconds."""

    def __init__(self, turns):
        self.turns, clock = [], 320
        for number, (who, text, lexical) in enumerate(turns):
            words = []
            for word in text.split(" "):
                if word in "?!:" and words:
                    words[-1] = (words[-1][0] + " " + word,) + words[-1][1:]
                    continue
                words.append((word, clock, clock + 40 * len(word)))
                clock += 40 * len(word) + 60
            self.turns.append({"n": number, "who": who, "text": text, "lexical": lexical, "words": words,
                               "start": words[0][1], "end": words[-1][2]})
            clock += 500
        self.text = " ".join(turn["text"] for turn in self.turns)
        self.duration = clock


def bare(word):
    return re.sub(r"^\W+|[^\w%]+$", "", word).lower()


def seconds(ms):
    return ms / 1000


def write(name, value, **options):
    options = {"indent": 2, "ensure_ascii": False, **options}
    (OUT / name).write_text(json.dumps(value, **options) + "\n", encoding="utf-8")


def transcribe(call):
    items, segments, labels, audio = [], [], [], []
    for turn in call.turns:
        label = "spk_0" if turn["who"] == "agent" else "spk_1"
        first, of_segment = len(items), []
        for word, start, end in turn["words"]:
            stops = re.search(r"[.,?!]$", word)
            spoken = word[:-1] if stops else word
            items.append({"id": len(items), "type": "pronunciation",
                          "alternatives": [{"confidence": "0.998", "content": spoken}],
                          "start_time": f"{seconds(start):.2f}", "end_time": f"{seconds(end):.2f}",
                          "speaker_label": label})
            of_segment.append({"start_time": f"{seconds(start):.2f}", "end_time": f"{seconds(end):.2f}",
                               "speaker_label": label})
            if stops:
                items.append({"id": len(items), "type": "punctuation", "speaker_label": label,
                              "alternatives": [{"confidence": "0.0", "content": stops.group()}]})
        labels.append({"start_time": f"{seconds(turn['start']):.2f}", "end_time": f"{seconds(turn['end']):.2f}",
                       "speaker_label": label, "items": of_segment})
        audio.append({"id": turn["n"], "transcript": turn["text"], "start_time": f"{seconds(turn['start']):.2f}",
                      "end_time": f"{seconds(turn['end']):.2f}", "speaker_label": label,
                      "items": list(range(first, len(items)))})
    by_channel = []
    for channel, label in (("ch_0", "spk_0"), ("ch_1", "spk_1")):
        own = [{k: v for k, v in item.items() if k != "speaker_label"} | {"channel_label": channel}
               for item in items if item["speaker_label"] == label]
        by_channel.append({"channel_label": channel, "items": own})
    write("transcribe.json", {
        "jobName": "call-7f3a", "accountId": "123456789012", "status": "COMPLETED",
        "results": {"transcripts": [{"transcript": call.text}], "language_code": "en-GB",
                    "speaker_labels": {"segments": labels, "channel_label": "ch_0", "speakers": 2},
                    "channel_labels": {"channels": by_channel, "number_of_channels": 2},
                    "items": items, "audio_segments": audio}})


def call_analytics(call):
    turns = []
    for turn in call.turns:
        items = []
        for word, start, end in turn["words"]:
            stops = re.search(r"[.,?!]$", word)
            items.append({"Type": "pronunciation", "Confidence": "0.99", "Content": word[:-1] if stops else word,
                          "BeginOffsetMillis": start, "EndOffsetMillis": end})
            if stops:
                items.append({"Type": "punctuation", "Confidence": "0.0", "Content": stops.group()})
        whole = {"Id": f"t-{turn['n']}", "ParticipantRole": turn["who"].upper(), "Content": turn["text"],
                 "BeginOffsetMillis": turn["start"], "EndOffsetMillis": turn["end"], "Sentiment": "NEUTRAL",
                 "LoudnessScores": [71.25, None, 68.5], "Items": items}
        if turn["n"] == 1:
            begin = turn["text"].index("my card")
            whole["IssuesDetected"] = [{"CharacterOffsets": {"Begin": begin, "End": len(turn["text"])},
                                        "Text": turn["text"][begin:]}]
            # As if the maker had taken a part out itself.
            whole["Redaction"] = {"RedactedTimestamps": [{"BeginOffsetMillis": 12000, "EndOffsetMillis": 12400}]}
            items[-1]["Redaction"] = [{"Confidence": "0.98"}]
        if turn["n"] == 3:
            whole["ActionItemsDetected"] = [{"CharacterOffsets": {"Begin": 0, "End": turn["text"].index(",")}}]
        if turn["n"] == 4:
            begin = turn["text"].index("The bill")
            whole["OutcomesDetected"] = [{"CharacterOffsets": {"Begin": begin, "End": len(turn["text"])}}]
        turns.append(whole)
    write("call_analytics.json", {
        "JobStatus": "COMPLETED", "LanguageCode": "en-GB", "AccountId": "123456789012", "Channel": "VOICE",
        "Participants": [{"ParticipantRole": "AGENT", "DisplayName": "Nadia Brandt"},
                         {"ParticipantRole": "CUSTOMER", "DisplayName": "John Whitlock"}],
        "ContentMetadata": {"Output": "Raw", "RedactionTypes": ["PII"]},
        "ConversationCharacteristics": {"TotalConversationDurationMillis": call.duration,
                                        "ContactSummary": {"PostContactSummary": {"Content": SUMMARY}}},
        "Categories": {"MatchedCategories": ["refund"],
                       "MatchedDetails": {"refund": {"PointsOfInterest": [
                           {"BeginOffsetMillis": 12000, "EndOffsetMillis": 14000}]}}},
        "Transcript": turns})
    write("contact_lens.json", contact_lens(call))


def contact_lens(call):
    """Segments as they are told while the call lasts, and a chat, which has names for show."""
    def spoken(turn):
        begin = max(0, len(turn["text"]) // 2)
        return {"Transcript": {
            "ParticipantId": turn["who"].upper(), "ParticipantRole": turn["who"].upper(), "Id": f"s-{turn['n']}",
            "Content": turn["text"], "BeginOffsetMillis": turn["start"], "EndOffsetMillis": turn["end"],
            "Sentiment": "NEUTRAL", "LoudnessScore": [71.25, 68.5],
            "IssuesDetected": [{"CharacterOffsets": {"BeginOffsetChar": begin, "EndOffsetChar": len(turn["text"])}}],
            "Redaction": {"RedactedTimestamps": [[{"BeginOffsetMillis": 12000, "EndOffsetMillis": 12400}]]}}}
    names = {"agent": "Nadia Brandt", "customer": "John Whitlock"}
    return {"Channel": "CHAT", "ContactId": "7f3a0000-0000-4000-8000-000000000006",
            "Segments": [spoken(t) for t in call.turns],
            "Transcript": [{"Id": f"c-{t['n']}", "ParticipantId": f"p-{t['who']}", "ParticipantRole": t["who"].upper(),
                            "DisplayName": names[t["who"]], "ContentType": "text/plain", "Type": "MESSAGE",
                            "AbsoluteTime": f"2026-03-02T10:0{t['n']}:00.000Z", "Content": t["text"]}
                           for t in call.turns]}


def bedrock(call):
    items, segments = [], []
    for turn in call.turns:
        first = len(items)
        for word, start, end in turn["words"]:
            items.append({"item_index": len(items), "start_timestamp_millis": start, "end_timestamp_millis": end,
                          "content": word})
        who = "spk_0" if turn["who"] == "agent" else "spk_1"
        segment = {"segment_index": turn["n"], "start_timestamp_millis": turn["start"],
                   "end_timestamp_millis": turn["end"], "type": "TRANSCRIPT", "text": turn["text"],
                   "speaker": {"speaker_label": who}, "channel": {"channel_label": who.replace("spk", "ch")},
                   "audio_item_indices": list(range(first, len(items)))}
        if turn["n"] == 1:
            begin = turn["text"].index("John Whitlock")
            segment["sensitive_data_detection"] = [
                {"entity_type": "NAME", "content": "John Whitlock", "start_character_offset": begin,
                 "end_character_offset": begin + 13, "audio_item_indices": [first + 4, first + 5]}]
        segments.append(segment)
    labelled = "\n".join(f"[{'spk_0' if t['who'] == 'agent' else 'spk_1'}]: {t['text']}" for t in call.turns)
    write("bedrock.json", {
        "metadata": {"asset_id": "0", "s3_key": "calls/john-whitlock-2026-03-02.wav", "dominant_asset_language": "EN"},
        "audio": {"summary": SUMMARY, "transcript": {"representation": {"text": call.text}}},
        "topics": [{"topic_index": 0, "summary": "Refund for John Whitlock.",
                    "transcript": {"representation": {"text": labelled}}}],
        "audio_segments": segments, "audio_items": items})


def stamp(ms, comma=False):
    text = f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
    return text.replace(".", ",") if comma else text


def google(call):
    results = []
    for turn in call.turns:
        tag = 1 if turn["who"] == "agent" else 2
        best = {"transcript": turn["text"], "confidence": 0.9412,
                "words": [{"startOffset": f"{seconds(s):.3f}s", "endOffset": f"{seconds(e):.3f}s", "word": w,
                           "confidence": 0.93, "speakerLabel": str(tag)} for w, s, e in turn["words"]]}
        others = [{"transcript": guess, "confidence": 0.8} for guess in GUESSES.get(turn["n"], [])]
        results.append({"alternatives": [best] + others, "channelTag": tag,
                        "resultEndOffset": f"{seconds(turn['end']):.3f}s", "languageCode": "en-gb"})
    cues = [(t["start"], t["end"], t["text"]) for t in call.turns]
    vtt = "WEBVTT\n\n" + "\n\n".join(f"{stamp(s)} --> {stamp(e)}\n{x}" for s, e, x in cues) + "\n"
    srt = "\n\n".join(f"{n + 1}\n{stamp(s, True)} --> {stamp(e, True)}\n{x}" for n, (s, e, x) in enumerate(cues)) + "\n"
    write("google.json", {
        "results": results,
        "metadata": {"requestId": "6a1f", "totalBilledDuration": "27s", "prompt": "A call with John Whitlock."},
        "vttCaptions": vtt, "srtCaptions": srt})


def insights(call):
    segments = [{"text": t["text"], "confidence": 0.94,
                 "words": [{"startOffset": f"{seconds(s):.3f}s", "endOffset": f"{seconds(e):.3f}s", "word": w,
                            "confidence": 0.9} for w, s, e in t["words"]],
                 "languageCode": "en-GB", "channelTag": 1 if t["who"] == "agent" else 2,
                 "segmentParticipant": {"dialogflowParticipantName": "", "role": "HUMAN_AGENT" if t["who"] == "agent" else "END_USER"},
                 "messageTime": f"2026-03-02T10:{t['n']:02}:00Z",
                 "sentiment": {"magnitude": 0.4, "score": -0.2}} for t in call.turns]
    write("insights.json", {
        "name": "projects/p/locations/l/conversations/7f3a", "agentId": "nadia.brandt@example.com",
        "labels": {"customer": "John Whitlock"}, "obfuscatedUserId": "u-81ff", "languageCode": "en-GB",
        "latestSummary": {"text": SUMMARY, "textSections": {"situation": "John Whitlock wants a refund."}},
        "runtimeAnnotations": [{"annotationId": "a-1", "createTime": "2026-03-02T10:01:00Z",
                                "userInput": {"query": "Who is John Whitlock?", "generator": "g-1"},
                                "smartReplySuggestion": {"reply": "Thanks John Whitlock.", "confidence": 0.8}}],
        "metadataJson": json.dumps({"caller": "John Whitlock", "mail": "john.whitlock@example.com"}),
        "transcript": {"transcriptSegments": segments}})


def ticks(ms):
    return ms * 10000.0


def iso(ms):
    return f"PT{seconds(ms):g}S"


def azure(call):
    phrases, combined = [], {0: [], 1: []}
    for turn in call.turns:
        channel = 0 if turn["who"] == "agent" else 1
        combined[channel].append(turn)
        itn = re.sub(r"[.,?!](?= |$)", "", turn["text"]).lower()
        guesses = []
        for rank, display in enumerate([turn["text"]] + GUESSES.get(turn["n"], [])):
            own = re.sub(r"[.,?!](?= |$)", "", display).lower()
            guess = {"confidence": 0.9 - rank / 10, "lexical": turn["lexical"] if rank == 0 else own, "itn": own,
                     "maskedITN": own, "display": display}
            if rank == 0:
                step = max(1, (turn["end"] - turn["start"]) // max(1, len(turn["lexical"].split())))
                guess["words"] = [
                    {"word": w, "offset": iso(turn["start"] + i * step), "duration": iso(step),
                     "offsetInTicks": ticks(turn["start"] + i * step), "durationInTicks": ticks(step), "confidence": 0.9}
                    for i, w in enumerate(turn["lexical"].split())]
                guess["displayWords"] = [
                    {"displayText": w, "offset": iso(s), "duration": iso(e - s), "offsetInTicks": ticks(s),
                     "durationInTicks": ticks(e - s)} for w, s, e in turn["words"]]
            guesses.append(guess)
        phrases.append({"recognitionStatus": "Success", "channel": channel, "speaker": channel + 1, "locale": "en-GB",
                        "offset": iso(turn["start"]), "duration": iso(turn["end"] - turn["start"]),
                        "offsetInTicks": ticks(turn["start"]), "durationInTicks": ticks(turn["end"] - turn["start"]),
                        "nBest": guesses})
    whole = [{"channel": channel, "lexical": " ".join(t["lexical"] for t in turns),
              "itn": " ".join(re.sub(r"[.,?!](?= |$)", "", t["text"]).lower() for t in turns),
              "maskedITN": " ".join(re.sub(r"[.,?!](?= |$)", "", t["text"]).lower() for t in turns),
              "display": " ".join(t["text"] for t in turns)} for channel, turns in combined.items()]
    write("azure.json", {
        "source": "https://storage.example.com/calls/john-whitlock.wav", "timestamp": "2026-03-02T10:00:00Z",
        "durationInTicks": call.duration * 10000, "durationMilliseconds": call.duration, "duration": iso(call.duration),
        "combinedRecognizedPhrases": whole, "recognizedPhrases": phrases})
    turn = call.turns[1]
    write("azure_short.json", {
        "RecognitionStatus": "Success", "Offset": 3200000, "Duration": 45000000, "DisplayText": turn["text"],
        "NBest": [{"Confidence": 0.97, "Lexical": turn["lexical"],
                   "ITN": re.sub(r"[.,?!](?= |$)", "", turn["text"]).lower(),
                   "MaskedITN": re.sub(r"[.,?!](?= |$)", "", turn["text"]).lower(), "Display": turn["text"],
                   "Words": [{"Word": w, "Offset": 3200000 + 400000 * i, "Duration": 380000}
                             for i, w in enumerate(turn["lexical"].split())]}]})


def deepgram(call):
    def words(turn):
        return [{"word": bare(w), "start": seconds(s), "end": seconds(e), "confidence": 0.998046875,
                 "speaker": 0 if turn["who"] == "agent" else 1, "speaker_confidence": 0.71, "punctuated_word": w}
                for w, s, e in turn["words"]]
    paragraphs = [{"sentences": [{"text": x, "start": seconds(t["start"]), "end": seconds(t["end"])}
                                 for x in re.split(r"(?<=[.?!]) ", t["text"])],
                   "speaker": 0 if t["who"] == "agent" else 1, "num_words": len(t["words"]),
                   "start": seconds(t["start"]), "end": seconds(t["end"])} for t in call.turns]
    labelled = "".join(f"\nSpeaker {0 if t['who'] == 'agent' else 1}: {t['text']}\n" for t in call.turns)
    write("deepgram.json", {
        "metadata": {"request_id": "4f8c", "sha256": "00", "created": "2026-03-02T10:00:00Z", "duration": 24.494999,
                     "channels": 1},
        "results": {
            "channels": [{"alternatives": [
                {"transcript": call.text, "confidence": 0.99, "words": [w for t in call.turns for w in words(t)],
                 "paragraphs": {"transcript": labelled, "paragraphs": paragraphs},
                 "summaries": [{"summary": SUMMARY, "start_word": 0, "end_word": 40}],
                 "entities": [{"label": "NAME", "value": "John Whitlock", "confidence": 0.9, "start_word": 18,
                               "end_word": 20}]}]}],
            "utterances": [{"start": seconds(t["start"]), "end": seconds(t["end"]), "confidence": 0.99, "channel": 0,
                            "transcript": t["text"], "words": words(t), "speaker": 0 if t["who"] == "agent" else 1,
                            "id": f"u-{t['n']}"} for t in call.turns]}})


def assemblyai(call):
    def words(turn):
        return [{"text": w, "start": s, "end": e, "confidence": 0.97, "speaker": "A" if turn["who"] == "agent" else "B",
                 "channel": None} for w, s, e in turn["words"]]
    write("assemblyai.json", {
        "id": "5f1c2d3e-0000-4000-8000-000000000001", "status": "completed", "language_code": "en",
        "audio_url": "https://cdn.example.com/calls/john-whitlock.mp3", "webhook_url": "https://hooks.example.com/jw",
        "text": call.text, "words": [w for t in call.turns for w in words(t)],
        "utterances": [{"confidence": 0.95, "start": t["start"], "end": t["end"], "text": t["text"],
                        "words": words(t), "speaker": "A" if t["who"] == "agent" else "B",
                        "translated_texts": {"fr": "Bonjour, je m'appelle John Whitlock." if t["n"] == 1 else ""}}
                       for t in call.turns],
        "summary": SUMMARY,
        "chapters": [{"gist": "Refund for John Whitlock", "headline": "John Whitlock asks for a refund.",
                      "summary": SUMMARY, "start": 0, "end": call.duration}],
        "auto_highlights_result": {"status": "success", "results": [
            {"count": 1, "rank": 0.08, "text": "John Whitlock", "timestamps": [{"start": 5000, "end": 5900}]}]},
        "sentiment_analysis_results": [{"text": x, "start": t["start"], "end": t["end"], "sentiment": "NEUTRAL",
                                        "confidence": 0.8, "speaker": "A" if t["who"] == "agent" else "B"}
                                       for t in call.turns for x in re.split(r"(?<=[.?!]) ", t["text"])],
        "entities": [{"entity_type": "person_name", "text": "John Whitlock", "start": 5000, "end": 5900},
                     {"entity_type": "email_address", "text": "john.whitlock@example.com", "start": 9000, "end": 9900}],
        "iab_categories_result": {"status": "success", "results": [
            {"text": call.turns[1]["text"], "labels": [{"relevance": 0.9, "label": "Finance"}]}]},
        "content_safety_labels": {"status": "success", "results": [
            {"text": call.turns[1]["text"], "labels": [{"label": "none", "confidence": 0.9}]}]},
        "custom_spelling": [{"from": ["jon whitlock"], "to": "John Whitlock"}], "keyterms_prompt": ["John Whitlock"],
        "redact_pii_policies": ["person_name", "email_address"], "redact_pii_sub": "entity_name",
        "prompt": "A call between Nadia and John Whitlock."})


def openai(call):
    segments = [{"id": t["n"], "seek": 0, "start": seconds(t["start"]), "end": seconds(t["end"]),
                 "text": " " + t["text"], "tokens": [50364] + [3000 + 7 * i for i in range(len(t["words"]))] + [50614],
                 "temperature": 0.0, "avg_logprob": -0.2866, "compression_ratio": 1.23, "no_speech_prob": 0.0098}
                for t in call.turns]
    words = [{"word": bare(w), "start": seconds(s), "end": seconds(e)} for t in call.turns for w, s, e in t["words"]]
    write("openai_verbose.json", {
        "task": "transcribe", "language": "english", "duration": seconds(call.duration), "text": call.text,
        "segments": segments, "words": words, "usage": {"type": "duration", "seconds": 28}})
    names = {"agent": "Nadia Brandt", "customer": "John Whitlock"}
    write("openai_diarized.json", {
        "task": "transcribe", "duration": seconds(call.duration), "known_speaker_names": list(names.values()),
        "text": "\n".join(f"{names[t['who']]}: {t['text']}" for t in call.turns),
        "segments": [{"type": "transcript.text.segment", "id": f"seg_{t['n']:03}", "start": seconds(t["start"]),
                      "end": seconds(t["end"]), "text": t["text"], "speaker": names[t["who"]]} for t in call.turns]})
    write("whisper.json", {
        "text": " " + call.text, "language": "en",
        "segments": [s | {"words": [{"word": " " + w, "start": seconds(a), "end": seconds(b), "probability": 0.98}
                                    for w, a, b in t["words"]]} for s, t in zip(segments, call.turns)]})


def whisperx(call):
    def words(turn):
        return [{"word": w, "start": seconds(s), "end": seconds(e), "score": 0.91, "speaker": "SPEAKER_00"}
                for w, s, e in turn["words"]]
    def chars(turn):
        return [{"char": c} if c == " " else {"char": c, "start": seconds(turn["start"] + 30 * i),
                                              "end": seconds(turn["start"] + 30 * i + 20), "score": 0.9}
                for i, c in enumerate(turn["text"])]
    write("whisperx.json", {
        "segments": [{"start": seconds(t["start"]), "end": seconds(t["end"]), "text": " " + t["text"],
                      "avg_logprob": -0.2, "words": words(t), "chars": chars(t),
                      "speaker": "SPEAKER_00" if t["who"] == "internal" else "SPEAKER_01"} for t in call.turns],
        "word_segments": [w for t in call.turns for w in words(t)], "language": "fr"})


def whisper_cpp(call):
    def tokens(turn):
        out = [{"text": "[_BEG_]", "timestamps": {"from": "00:00:00,000", "to": "00:00:00,000"},
                "offsets": {"from": 0, "to": 0}, "id": 50364, "p": 0.98, "t_dtw": -1}]
        for number, (word, start, end) in enumerate(turn["words"]):
            # Words are cut into the recogniser's own pieces.
            cut = max(1, len(word) // 2) if len(word) > 5 else len(word)
            for piece in filter(None, (" " + word[:cut], word[cut:])):
                out.append({"text": piece, "timestamps": {"from": stamp(start, True), "to": stamp(end, True)},
                            "offsets": {"from": start, "to": end}, "id": 7000 + 11 * number + len(piece), "p": 0.9,
                            "t_dtw": -1})
        return out
    write("whisper_cpp.json", {
        "systeminfo": "AVX = 1", "model": {"type": "base", "multilingual": True},
        "params": {"model": "models/ggml-base.bin", "language": "en", "translate": False},
        "result": {"language": "en"},
        "transcription": [{"timestamps": {"from": stamp(t["start"], True), "to": stamp(t["end"], True)},
                           "offsets": {"from": t["start"], "to": t["end"]}, "text": " " + t["text"],
                           "tokens": tokens(t), "speaker": "0" if t["who"] == "agent" else "1",
                           "speaker_turn_next": True} for t in call.turns]}, indent="\t")


def genesys(call):
    write("genesys.json", {
        "organizationId": "7f3a0000-0000-4000-8000-000000000002",
        "conversationId": "7f3a0000-0000-4000-8000-000000000001",
        "communicationId": "7f3a0000-0000-4000-8000-000000000003", "mediaType": "call",
        "conversationStartTime": 1772445600000, "duration": {"totalMilliseconds": call.duration},
        "transcripts": [{
            "transcriptId": "7f3a0000-0000-4000-8000-000000000004", "language": "fr-fr",
            "phrases": [{"text": " ".join(bare(w) for w, _, _ in t["words"]), "decoratedText": t["text"],
                         "stability": 1, "confidence": 0.9, "startTimeMs": t["start"],
                         "duration": {"milliseconds": t["end"] - t["start"]}, "phraseIndex": t["n"],
                         "words": [{"word": bare(w), "confidence": 0.9, "startTimeMs": s,
                                    "duration": {"milliseconds": e - s}} for w, s, e in t["words"]],
                         "decoratedWords": [{"word": w, "confidence": 0.9, "startTimeMs": s,
                                             "duration": {"milliseconds": e - s}} for w, s, e in t["words"]],
                         "participantPurpose": t["who"]} for t in call.turns],
            "analytics": {"sentiment": [{"participant": "external", "phrase": call.turns[1]["text"], "phraseIndex": 1,
                                         "sentiment": 0.2}]}}],
        "participants": [{"participantPurpose": "internal", "userId": "7f3a0000-0000-4000-8000-000000000005",
                          "ani": "tel:+33639981234", "participantName": "Nadia Brandt"},
                         {"participantPurpose": "external", "ani": "tel:+33639981234",
                          "participantName": "Marlène Quentin"}]}, indent=None)


    # What is told while the call lasts.
    write("genesys_topic.json", {
        "topicName": "v2.conversations.7f3a0000-0000-4000-8000-000000000001.transcription",
        "eventBody": {"conversationId": "7f3a0000-0000-4000-8000-000000000001", "transcripts": [{
            "utteranceId": f"u-{t['n']}", "isFinal": True, "channel": t["who"].upper(),
            "alternatives": [{
                "confidence": 0.9, "offsetMs": t["start"], "durationMs": t["end"] - t["start"],
                "transcript": " ".join(bare(w) for w, _, _ in t["words"]),
                "words": [{"confidence": 0.9, "offsetMs": s, "durationMs": e - s, "word": bare(w)}
                          for w, s, e in t["words"]],
                "decoratedTranscript": t["text"],
                "decoratedWords": [{"confidence": 0.9, "offsetMs": s, "durationMs": e - s, "word": w}
                                   for w, s, e in t["words"]]}]} for t in call.turns]}})


def twilio(call):
    write("twilio.json", {
        "meta": {"page": 0, "page_size": 50, "key": "sentences",
                 "url": "https://intelligence.example.com/v2/Transcripts/GT00000000000000000000000000000001/Sentences"},
        "sentences": [{"media_channel": 1 if t["who"] == "agent" else 2, "sentence_index": t["n"],
                       "start_time": f"{seconds(t['start']):.2f}", "end_time": f"{seconds(t['end']):.2f}",
                       "transcript": t["text"], "confidence": "0.9412", "sid": f"GX{t['n']:032}",
                       "words": [{"word": w, "start_time": f"{seconds(s):.2f}", "end_time": f"{seconds(e):.2f}",
                                  "word_confidence": None} for w, s, e in t["words"]]} for t in call.turns]})


def vcon(call):
    write("vcon.json", {
        "vcon": "0.0.2", "uuid": "018e3f72-c3a8-8b8a-b468-5ebf00000001", "created_at": "2026-03-02T10:00:00+00:00",
        "subject": "Refund for John Whitlock",
        "parties": [{"tel": "+442079460123", "name": "John Whitlock", "mailto": "john.whitlock@example.com",
                     "role": "customer"}, {"name": "Nadia Brandt", "role": "agent"}],
        "dialog": [{"type": "recording", "start": "2026-03-02T10:00:00+00:00", "duration": 28.5, "parties": [0, 1],
                    "mimetype": "audio/wav", "filename": "john-whitlock.wav",
                    "url": "https://storage.example.com/john-whitlock.wav"}] +
                  [{"type": "text", "start": f"2026-03-02T10:0{t['n']}:00+00:00", "parties": [1 if t["who"] == "agent" else 0],
                    "mimetype": "text/plain", "body": t["text"], "encoding": "none"} for t in call.turns],
        "analysis": [{"type": "summary", "dialog": [0], "vendor": "example", "body": SUMMARY, "encoding": "none"},
                     {"type": "transcript", "dialog": [0], "vendor": "example", "encoding": "json",
                      "body": {"transcript": call.text,
                               "words": [{"word": w, "start": seconds(s), "end": seconds(e)}
                                         for t in call.turns for w, s, e in t["words"]]}}],
        "attachments": []})


def ctm(english, french):
    """Two recordings: channel by channel with alternatives, as scoring tools want it; by time with types and speakers."""
    lines = [";; CTM of calls with John Whitlock <john.whitlock@example.com>",
             ";; file              channel start duration word confidence"]
    name = "john_whitlock_7f3a"
    for channel, who in (("A", "agent"), ("B", "customer")):
        for turn in english.turns:
            if turn["who"] != who:
                continue
            words = turn["lexical"].split()
            step = (turn["end"] - turn["start"]) / 1000 / len(words)
            for at, word in enumerate(words):
                start = turn["start"] / 1000 + at * step
                line = f"{name} {channel} {start:8.2f} {step:5.2f} {word} 0.{90 + at % 9}"
                other = {"john": "jon", "whitlock": "wetlock"}.get(word)
                if other and who == "customer":
                    lines += [f"{name} {channel} * * <ALT_BEGIN>", line, f"{name} {channel} * * <ALT>",
                              line.replace(f" {word} ", f" {other} "), f"{name} {channel} * * <ALT_END>"]
                else:
                    lines.append(line)
    lines += ["", ";; the next recording, with kinds of words and speakers"]
    for turn in french.turns:
        who = {"internal": "agent_1", "external": "Marl\u00e8ne_Quentin"}[turn["who"]]
        for word, start, end in turn["words"]:
            word = bare(word.split(" ")[0])
            lines.append("\t".join(["call-20260302", "1", f"{start / 1000:.3f}", f"{(end - start) / 1000:.3f}",
                                    word, "NA", "lex", who]))
        lines.append("\t".join(["call-20260302", "1", f"{turn['end'] / 1000:.3f}", "0.4", "<eps>", "NA", "noise", who]))
    (OUT / "call.ctm").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    OUT.mkdir(parents=True, exist_ok=True)
    english, french = Words(ENGLISH), Words(FRENCH)
    for sample in (transcribe, call_analytics, bedrock, google, insights, azure, deepgram, assemblyai, openai,
                   whisper_cpp, twilio, vcon):
        sample(english)
    for sample in (whisperx, genesys):
        sample(french)
    ctm(english, french)
