"""What a model reads before a question and before a document: known of it by its name, or set."""

import pytest
from ayllu.models import ModelStore
from ayllu.retrieval import HashingEmbedder, open_embedder
from ayllu.retrieval.embedders.prefixes import known_prefixes

SENTENCE = "Represent this sentence for searching relevant passages: "
TASK = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"


@pytest.mark.parametrize(
    ("model", "query", "document"),
    [
        ("intfloat/e5-small-v2", "query: ", "passage: "),
        ("intfloat/multilingual-e5-large", "query: ", "passage: "),
        ("intfloat/multilingual-e5-large-instruct", f"{TASK} ", ""),
        ("intfloat/e5-mistral-7b-instruct", f"{TASK} ", ""),
        ("BAAI/bge-small-en-v1.5", SENTENCE, ""),
        ("bge-large", SENTENCE, ""),
        ("BAAI/bge-base-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("text-embedding-nomic-embed-text-v1.5@q8_0", "search_query: ", "search_document: "),
        ("nomic-embed-text-v2-moe.Q8_0.gguf", "search_query: ", "search_document: "),
        ("Qwen/Qwen3-Embedding-0.6B", TASK, ""),
        ("qwen3-embedding:4b", TASK, ""),
        ("mxbai-embed-large", SENTENCE, ""),
        ("Snowflake/snowflake-arctic-embed-m-v1.5", SENTENCE, ""),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("snowflake-arctic-embed2", "query: ", ""),
        ("google/embeddinggemma-300m", "task: search result | query: ", "title: none | text: "),
    ],
)
def test_a_known_model_is_known_by_whatever_name_a_server_gives_it(model: str, query: str, document: str) -> None:
    prefixes = known_prefixes(model)
    assert prefixes is not None
    assert (prefixes.query, prefixes.document) == (query, document)


@pytest.mark.parametrize("model", ["BAAI/bge-m3", "text-embedding-3-small", "all-MiniLM-L6-v2", "thenlper/gte-base", ""])
def test_a_model_that_wants_nothing_or_is_unknown_gets_nothing(model: str) -> None:
    assert known_prefixes(model) is None


def test_a_setting_beats_what_is_known_and_documents_of_other_prefixes_are_of_another_space(models: ModelStore) -> None:
    plain = HashingEmbedder()
    known = open_embedder("openai:http://bge-small.example/v1#intfloat/e5-small-v2", models)
    unset = open_embedder("openai:http://bge-small.example/v1#intfloat/e5-small-v2", models, document_prefix="")
    assert known.name == "openai:http://bge-small.example/v1#intfloat/e5-small-v2 after 'passage: '"
    assert unset.name == "openai:http://bge-small.example/v1#intfloat/e5-small-v2"
    set_by_hand = open_embedder("hashing", models, query_prefix="question ", document_prefix="text ")
    assert set_by_hand.name != plain.name
    assert (set_by_hand.embed_query("a mill") == plain.embed_query("question a mill")).all()
    assert (set_by_hand.embed_documents(["a mill"]) == plain.embed_documents(["text a mill"])).all()
    other_query = open_embedder("hashing", models, query_prefix="question ")
    assert other_query.name == plain.name  # the documents' vectors are the same
