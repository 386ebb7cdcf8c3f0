"""An app's day with supabase-py: what it says of a stack is printed a line a case.

usage: judge.py < a JSON object: url, publishable, secret, anon, service, ann, ben, expired, forged
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

from postgrest.exceptions import APIError
from postgrest.types import CountMethod, ReturnMethod
from supabase import ClientOptions, create_client

given = json.load(sys.stdin)
ANN = "00000000-0000-4000-8000-00000000000a"
BEN = "00000000-0000-4000-8000-00000000000b"


def client(key, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return create_client(given["url"], given[key], ClientOptions(headers=headers))


db = client("publishable")
service = client("secret")
ann = client("publishable", given["ann"])
ben = client("publishable", given["ben"])
cases = []


def case(function):
    cases.append(function)
    return function


def equal(got, wanted):
    if got != wanted:
        raise AssertionError(f"wanted {wanted!r}, got {got!r}")


def books(query=None):
    return db.table("books").select(query or "id")


def ids(query):
    """The ids of books, in their order."""
    return [row["id"] for row in query.order("id").execute().data]


def refused(query, code, **parts):
    """What an error says; a part that is a function must hold."""
    try:
        answer = query.execute()
    except APIError as error:
        equal(error.code, code)
        for name, wanted in parts.items():
            got = getattr(error, name)
            if callable(wanted):
                if not wanted(got):
                    raise AssertionError(f"{name} is {got!r}")
            else:
                equal(got, wanted)
        return error
    raise AssertionError(f"no error {code}: {answer!r}")


# Filters


@case
def eq_finds_one():
    equal(ids(books().eq("title", "Jane Eyre")), [2])
    equal(ids(books().eq("id", 3)), [3])
    equal(ids(books().eq("in_print", True)), [1, 2, 4])


@case
def neq_leaves_out_nulls():
    equal(ids(books().neq("price", 7)), [1, 2, 4])


@case
def comparisons():
    equal(ids(books().gt("price", 9.99)), [1])
    equal(ids(books().gte("price", 9.99)), [1, 2])
    equal(ids(books().lt("price", 7)), [4])
    equal(ids(books().lte("price", 7)), [3, 4])


@case
def two_filters_of_one_column():
    equal(ids(books().gte("pages", 100).lte("pages", 600)), [1, 2, 3])


@case
def like_and_ilike():
    equal(ids(books().like("title", "The %")), [1, 4])
    equal(ids(books().like("title", "the %")), [])
    equal(ids(books().ilike("title", "%ENGINE")), [1])
    equal(ids(books().like("title", "S_irley")), [3])
    equal(ids(books().like("title", "*Eyre")), [2])


@case
def like_any_and_all():
    equal(ids(books().like_any_of("title", "%Eyre,%Orchard")), [2, 4])
    equal(ids(books().like_all_of("title", "The%,%Engine")), [1])
    equal(ids(books().ilike_any_of("title", "%eyre,%orchard")), [2, 4])
    equal(ids(books().ilike_all_of("title", "the%,%ENGINE")), [1])


@case
def is_null_true_false():
    equal(ids(books().is_("price", None)), [5])
    equal(ids(books().is_("price", "null")), [5])
    equal(ids(books().is_("in_print", True)), [1, 2, 4])
    equal(ids(books().is_("in_print", False)), [3])
    equal(ids(books().is_("in_print", "unknown")), [5])
    equal(ids(books().is_("in_print", "not_null")), [1, 2, 3, 4])


@case
def not_turns_a_filter():
    equal(ids(books().not_.is_("price", None)), [1, 2, 3, 4])
    equal(ids(books().not_.eq("id", 1)), [2, 3, 4, 5])
    equal(ids(books().not_.in_("id", [1, 2])), [3, 4, 5])
    equal(ids(books().not_.like("title", "The%")), [2, 3, 5])


@case
def in_a_list():
    equal(ids(books().in_("id", [1, 3, 9])), [1, 3])
    equal(ids(books().in_("id", [])), [])
    names = db.table("authors").select("id").in_("name", ["Brontë, Charlotte", "Dostoevsky (F.)"])
    equal(ids(names), [2, 4])


@case
def match_is_many_eq():
    equal(ids(books().match({"author_id": 2, "in_print": False})), [3])


@case
def regular_expressions_and_distinct():
    equal(ids(books().filter("title", "match", "^The")), [1, 4])
    equal(ids(books().filter("title", "imatch", "^the")), [1, 4])
    equal(ids(books().filter("price", "isdistinct", "7.00")), [1, 2, 4, 5])


@case
def or_of_filters():
    equal(ids(books().or_("price.lt.6,pages.gt.600")), [4, 5])
    equal(ids(books().or_("and(price.gt.9,pages.gt.200),id.eq.4")), [2, 4])
    equal(ids(books().or_("not.and(price.gte.7,in_print.is.true),id.eq.2")), [2, 3, 4, 5])
    equal(ids(books().or_("id.eq.1,id.eq.2").or_("id.eq.2,id.eq.3")), [2])
    equal(ids(books().or_("id.in.(1,2),title.eq.Shirley")), [1, 2, 3])
    equal(ids(books().or_('title.eq."Jane Eyre",title.like.*Engine')), [1, 2])


@case
def arrays():
    authors = db.table("authors")
    equal(ids(authors.select("id").contains("tags", ["novel"])), [2, 3])
    equal(ids(authors.select("id").contains("tags", ["novel", "drama"])), [3])
    equal(ids(authors.select("id").contained_by("tags", ["novel", "drama"])), [2, 3, 4])
    equal(ids(authors.select("id").overlaps("tags", ["math", "drama"])), [1, 3])
    equal(ids(authors.select("id").cs("tags", ["math"])), [1])
    equal(ids(authors.select("id").eq("tags", "{novel}")), [2])


@case
def json_columns():
    equal(ids(books().contains("meta", {"lang": "en"})), [1, 2])
    equal(ids(books().contained_by("meta", {"lang": "ru", "stock": 7, "x": 1})), [4, 5])
    equal(ids(books().eq("meta->>lang", "ru")), [4, 5])
    equal(ids(books().gt("meta->stock", 2)), [1, 5])
    equal(ids(books().is_("meta->stock", None)), [3, 4])
    equal(ids(db.table("authors").select("id").eq("extra->awards->0->>year", "1840")), [1])


@case
def ranges():
    equal(ids(books().contains("period", "[1850-01-01,1851-01-01)")), [2, 3])
    equal(ids(books().contained_by("period", "[1840-01-01,1890-01-01)")), [1, 3])
    equal(ids(books().overlaps("period", "[1842-06-01,1848-01-01)")), [1, 2])
    equal(ids(books().range_gt("period", ("1880-01-01", "1900-01-01"))), [4])
    equal(ids(books().range_lt("period", ("1846-12-31", "1850-01-01"))), [1])
    equal(ids(books().range_gte("period", ("1848-12-31", "1860-01-01"))), [3, 4])
    equal(ids(books().range_lte("period", ("1845-01-01", "1880-01-01"))), [1, 3])
    equal(ids(books().range_adjacent("period", ("1899-12-31", "1903-01-01"))), [2])


@case
def text_search():
    equal(ids(books().text_search("search", "engine")), [1])
    equal(ids(books().text_search("search", "crime & punishment")), [5])
    equal(ids(books().text_search("search", "jane eyre", {"type": "plain"})), [2])
    equal(ids(books().text_search("search", "analytical engine", {"type": "phrase"})), [1])
    equal(ids(books().text_search("search", "engine analytical", {"type": "phrase"})), [])
    equal(ids(books().text_search("search", "orchard or engine -analytical", {"type": "web_search"})), [4])
    equal(ids(books().text_search("title", "orchards", {"config": "english"})), [4])
    equal(ids(books().text_search("title", "engines", {"type": "plain", "config": "english"})), [1])
    equal(ids(books().not_.fts("search", "the | engine")), [2, 3, 4, 5])


@case
def enums():
    equal(ids(db.table("authors").select("id").eq("mood", "ok")), [2, 4])
    equal(ids(db.table("authors").select("id").gt("mood", "sad")), [1, 2, 4])
    refused(db.table("authors").select("id").eq("mood", "furious"), "22P02")


# Columns, order, pages


@case
def columns_aliases_and_casts():
    row = books("id, name:title, price::text, lang:meta->>lang").eq("id", 2).execute().data
    equal(row, [{"id": 2, "name": "Jane Eyre", "price": "9.99", "lang": "en"}])
    row = books("meta->stock").eq("id", 5).execute().data
    equal(row, [{"stock": 7}])


@case
def all_columns_as_they_are():
    row = db.table("authors").select("*").eq("id", 1).execute().data
    equal(row, [{"id": 1, "name": "Ada", "mood": "happy", "born": "1815-12-10",
                 "tags": ["math", "poetry"], "mentor_id": None,
                 "extra": {"city": "London", "awards": [{"year": 1840}]}}])


@case
def order_by_several():
    rows = db.table("books").select("id").order("in_print", desc=True, nullsfirst=False).order("id", desc=True)
    equal([row["id"] for row in rows.execute().data], [4, 2, 1, 3, 5])
    rows = db.table("books").select("id").order("price", nullsfirst=True)
    equal([row["id"] for row in rows.execute().data], [5, 4, 3, 2, 1])
    rows = db.table("books").select("id").order("meta->stock", desc=True, nullsfirst=False).order("id")
    equal([row["id"] for row in rows.execute().data], [5, 1, 2, 3, 4])


@case
def limit_offset_and_range():
    equal(ids(books().limit(2)), [1, 2])
    equal(ids(books().limit(2).offset(3)), [4, 5])
    equal(ids(books().range(1, 3)), [2, 3, 4])
    equal(ids(books().range(40, 50)), [])


@case
def counts():
    answer = db.table("books").select("id", count=CountMethod.exact).order("id").limit(2).execute()
    equal((answer.count, len(answer.data)), (5, 2))
    answer = db.table("books").select("id", count=CountMethod.exact, head=True).gt("id", 2).execute()
    equal((answer.count, answer.data), (3, []))
    equal(db.table("numbers").select("n", count=CountMethod.planned).execute().count, 120)
    equal(db.table("numbers").select("n", count=CountMethod.estimated).execute().count, 120)
    equal(db.table("books").select("id").execute().count, None)


@case
def at_most_max_rows():
    answer = db.table("numbers").select("n", count=CountMethod.exact).execute()
    equal((answer.count, len(answer.data)), (120, 100))
    equal(len(db.table("numbers").select("n").limit(110).execute().data), 100)


@case
def past_the_end_with_a_count():
    refused(db.table("books").select("id", count=CountMethod.exact).range(40, 50), "PGRST103",
            message="Requested range not satisfiable")


@case
def single_rows():
    equal(books("title").eq("id", 2).single().execute().data, {"title": "Jane Eyre"})
    refused(books().eq("id", 77).single(), "PGRST116", details="The result contains 0 rows",
            message="Cannot coerce the result to a single JSON object", hint=None)
    refused(books().single(), "PGRST116", details="The result contains 5 rows")
    equal(books("title").eq("id", 2).maybe_single().execute().data, {"title": "Jane Eyre"})
    equal(books("title").eq("id", 77).maybe_single().execute(), None)


@case
def comma_separated_values():
    text = db.table("genres").select("id,name").order("id").csv().execute().data
    equal(text, "id,name\n1,novel\n2,drama\n3,science")
    text = db.table("authors").select("name,born").eq("id", 2).csv().execute().data
    equal(text, 'name,born\n"Brontë, Charlotte",1816-04-21')


@case
def nulls_are_stripped():
    rows = db.table("publishers").select("*").order("id").strip_nulls().execute().data
    equal(rows, [{"id": 1, "name": "North", "country": "GB"}, {"id": 2, "name": "South"}])


# Embedding


@case
def one_of_many():
    rows = db.table("books").select("title, publishers(name)").in_("id", [1, 5]).order("id").execute().data
    equal(rows, [{"title": "The Analytical Engine", "publishers": {"name": "North"}},
                 {"title": "Crime and Punishment", "publishers": None}])


@case
def two_ways_need_a_hint():
    refused(db.table("books").select("title, authors(name)"), "PGRST201",
            message="Could not embed because more than one relationship was found for 'books' and 'authors'",
            hint=lambda hint: "authors!books_author_id_fkey" in hint and "authors!books_editor_id_fkey" in hint,
            details=lambda details: len(details) >= 2)
    rows = db.table("books").select("author:authors!books_author_id_fkey(name), editor:authors!editor_id(name)")
    equal(rows.eq("id", 2).execute().data,
          [{"author": {"name": "Brontë, Charlotte"}, "editor": {"name": "Ada"}}])


@case
def many_of_one():
    rows = db.table("authors").select("name, books!books_author_id_fkey(title)").in_("id", [1, 2]).order("id")
    rows = rows.order("title", desc=True, foreign_table="books")
    equal(rows.execute().data,
          [{"name": "Ada", "books": [{"title": "The Analytical Engine"}]},
           {"name": "Brontë, Charlotte", "books": [{"title": "Shirley"}, {"title": "Jane Eyre"}]}])


@case
def an_embeds_own_limit_and_filters():
    rows = db.table("authors").select("id, books!books_author_id_fkey(id)").order("id")
    few = rows.order("id", foreign_table="books").limit(1, foreign_table="books").execute().data
    equal([[book["id"] for book in row["books"]] for row in few], [[1], [2], [4], [5]])
    rows = db.table("authors").select("id, books!books_author_id_fkey(id)").order("id")
    equal([len(row["books"]) for row in rows.gt("books.price", 8).execute().data], [1, 1, 0, 0])
    rows = db.table("authors").select("id, books!books_author_id_fkey(id)").order("id")
    rows = rows.or_("price.lt.6,pages.gt.600", reference_table="books").execute().data
    equal([len(row["books"]) for row in rows], [0, 0, 1, 1])


@case
def inner_joins_leave_out_parents():
    rows = db.table("books").select("id, publishers!inner(name)").eq("publishers.name", "North").order("id")
    equal(rows.execute().data,
          [{"id": 1, "publishers": {"name": "North"}}, {"id": 2, "publishers": {"name": "North"}}])
    answer = db.table("books").select("id, publishers!inner(id)", count=CountMethod.exact).execute()
    equal(answer.count, 4)


@case
def parents_without_children():
    equal(ids(db.table("books").select("id, publishers()").is_("publishers", None)), [5])
    equal(ids(db.table("books").select("id, book_details()").not_.is_("book_details", None)), [2, 5])


@case
def many_to_many():
    rows = db.table("books").select("id, genres(name)").in_("id", [1, 5]).order("id")
    rows = rows.order("name", foreign_table="genres")
    equal(rows.execute().data, [{"id": 1, "genres": [{"name": "science"}]},
                                {"id": 5, "genres": [{"name": "drama"}, {"name": "novel"}]}])


@case
def one_to_one():
    rows = db.table("books").select("id, book_details(isbn)").in_("id", [1, 2]).order("id")
    equal(rows.execute().data, [{"id": 1, "book_details": None}, {"id": 2, "book_details": {"isbn": "isbn-2"}}])


@case
def nested():
    rows = db.table("publishers").select(
        "name, books(title, author:authors!author_id(name, mentor:mentor_id(name)))").eq("id", 2)
    rows = rows.order("id", foreign_table="books")
    equal(rows.execute().data, [{"name": "South", "books": [
        {"title": "Shirley", "author": {"name": "Brontë, Charlotte", "mentor": {"name": "Ada"}}},
        {"title": "The Cherry Orchard", "author": {"name": "Chekhov", "mentor": None}}]}])


@case
def spread():
    rows = db.table("books").select("id, ...publishers(publisher:name, country)").in_("id", [2, 5]).order("id")
    equal(rows.execute().data, [{"id": 2, "publisher": "North", "country": "GB"},
                                {"id": 5, "publisher": None, "country": None}])


@case
def order_by_what_is_embedded():
    rows = db.table("books").select("id, publishers(name)").order("publishers(name)", desc=True, nullsfirst=False)
    equal([row["id"] for row in rows.order("id").execute().data], [3, 4, 1, 2, 5])


@case
def a_count_of_children():
    rows = db.table("authors").select("id, books!books_author_id_fkey(count)").order("id").execute().data
    equal([row["books"] for row in rows], [[{"count": 1}], [{"count": 2}], [{"count": 1}], [{"count": 1}]])


@case
def views_embed_too():
    rows = db.table("cheap_books").select("title, authors(name)").order("id").limit(1).execute().data
    equal(rows, [{"title": "Jane Eyre", "authors": {"name": "Brontë, Charlotte"}}])


@case
def no_relationship():
    refused(db.table("genres").select("id, publishers(id)"), "PGRST200",
            message="Could not find a relationship between 'genres' and 'publishers' in the schema cache")


# Functions


@case
def scalars():
    equal(db.rpc("add", {"a": 1, "b": 2}).execute().data, 3)
    equal(db.rpc("add", {"a": 1, "b": 2}, get=True).execute().data, 3)


@case
def overloads_by_their_arguments():
    equal(db.rpc("describe", {"book_id": 3}).execute().data, "Shirley")
    equal(db.rpc("describe", {"author_name": "x"}).execute().data, "x")
    equal(db.rpc("describe", {"author_name": "x", "loud": True}).execute().data, "X")
    equal(db.rpc("describe", {"author_name": "x", "loud": "true"}, get=True).execute().data, "X")
    refused(db.rpc("unclear", {"a": 1}), "PGRST203",
            message=lambda text: text.startswith("Could not choose the best candidate function between"))


@case
def missing_functions():
    refused(db.rpc("add", {"a": 1}), "PGRST202",
            message="Could not find the function public.add(a) in the schema cache",
            details=lambda text: text.startswith("Searched for the function public.add with parameter a"),
            hint="Perhaps you meant to call the function public.add(a, b)")
    refused(db.rpc("nothing_like_it", {}), "PGRST202")


@case
def sets_of_rows():
    rows = db.rpc("books_of", {"author": "Bront%"}).order("id").execute().data
    equal([row["title"] for row in rows], ["Jane Eyre", "Shirley"])
    rows = db.rpc("books_of", {"author": "%"}).select("id, publishers(name)").lt("price", 8).order("id", desc=True)
    equal(rows.limit(1).execute().data, [{"id": 4, "publishers": {"name": "South"}}])
    row = db.rpc("books_of", {"author": "Ada"}, get=True).select("title").single().execute().data
    equal(row, {"title": "The Analytical Engine"})
    answer = db.rpc("books_of", {"author": "%"}, count=CountMethod.exact).limit(1).execute()
    equal((answer.count, len(answer.data)), (5, 1))
    refused(db.rpc("books_of", {"author": "%"}).single(), "PGRST116")
    equal(db.rpc("books_of", {"author": "nobody"}).maybe_single().execute(), None)


@case
def other_shapes():
    rows = db.rpc("mood_counts", {}).order("mood").execute().data
    equal(rows, [{"mood": "sad", "authors": 1}, {"mood": "ok", "authors": 2}, {"mood": "happy", "authors": 1}])
    equal(db.rpc("first_letters", {}).execute().data, ["A", "B", "C", "D"])
    equal(db.rpc("times", {"n": 5}).execute().data, {"twice": 10, "thrice": 15})
    equal(db.rpc("total", {"numbers": [1, 2, 3]}).execute().data, 6)
    equal(db.rpc("total", {"numbers": [4, 5]}, get=True).execute().data, 9)
    equal(db.rpc("echo", {"a": [1, {"b": None}]}).execute().data, {"a": [1, {"b": None}]})


@case
def functions_that_write():
    equal(db.rpc("touch_stock", {"to_shelf": "A"}).execute().data, [])
    equal(db.table("stock").select("*").eq("shelf", "A").execute().data,
          [{"shelf": "A", "slot": 0, "item": "nothing", "amount": 7}])
    refused(db.rpc("touch_stock", {"to_shelf": "B"}, get=True), "25006",
            message="cannot execute INSERT in a read-only transaction")
    equal(len(db.table("stock").delete().eq("shelf", "A").execute().data), 1)


@case
def functions_that_fail():
    refused(db.rpc("fail", {"kind": "plain"}), "P0001", message="it went wrong", hint=None, details=None)
    refused(db.rpc("fail", {"kind": "full"}), "PT402", message="no more coffee",
            details="the tin is empty", hint="buy some")
    refused(db.rpc("fail", {"kind": "null"}), "23502",
            message='null value in column "name" of relation "genres" violates not-null constraint',
            details="Failing row contains (900, null).")


# Writes


@case
def insert_one_and_many():
    answer = db.table("genres").insert({"id": 10, "name": "poetry"}).execute()
    equal(answer.data, [{"id": 10, "name": "poetry"}])
    answer = db.table("genres").insert([{"id": 11, "name": "epic"}, {"id": 12, "name": "ode"}],
                                       count=CountMethod.exact).execute()
    equal((answer.count, [row["id"] for row in answer.data]), (2, [11, 12]))
    answer = db.table("genres").insert({"id": 13, "name": "elegy"}, returning=ReturnMethod.minimal).execute()
    equal(answer.data, [])
    answer = db.table("genres").delete(count=CountMethod.exact).gte("id", 10).execute()
    equal((answer.count, sorted(row["id"] for row in answer.data)), (4, [10, 11, 12, 13]))


@case
def insert_returns_what_is_selected():
    answer = db.table("books").insert({"title": "New", "author_id": 1, "meta": {"a": [1]}}).select(
        "title, meta, pages, author:authors!author_id(name)").execute()
    equal(answer.data, [{"title": "New", "meta": {"a": [1]}, "pages": 1, "author": {"name": "Ada"}}])
    equal(len(db.table("books").delete().gt("id", 100).execute().data), 1)


@case
def absent_members_are_null_or_the_default():
    rows = [{"shelf": "D", "slot": 1, "item": "x"}, {"shelf": "D", "slot": 2, "amount": 1}]
    refused(db.table("stock").insert(rows), "23502")
    answer = db.table("stock").insert(rows, default_to_null=False).execute()
    equal(answer.data, [{"shelf": "D", "slot": 1, "item": "x", "amount": 7},
                        {"shelf": "D", "slot": 2, "item": "nothing", "amount": 1}])
    db.table("stock").delete().eq("shelf", "D").execute()


@case
def values_of_every_type():
    row = {"title": "Typed ❤ \"quoted\" \\ \n", "author_id": 2, "price": 3.10, "pages": 9, "in_print": None,
           "period": "[2020-01-01,2020-02-01)", "meta": {"é": [True, None, 1.5, "x"]}}
    made = db.table("books").insert(row).select("*").single().execute().data
    got = {key: made[key] for key in row}
    equal(got, row)
    author = db.table("authors").insert({"name": "Typed", "tags": ["a,b", 'c"d', "", "NULL"], "mood": "sad"}).execute()
    equal(author.data[0]["tags"], ["a,b", 'c"d', "", "NULL"])
    db.table("books").delete().gt("id", 100).execute()
    db.table("authors").delete().gt("id", 100).execute()


@case
def upserts():
    table = lambda: db.table("stock")
    first = table().insert([{"shelf": "U", "slot": 1, "item": "a"}, {"shelf": "U", "slot": 2, "item": "b"}])
    equal(len(first.execute().data), 2)
    answer = table().upsert([{"shelf": "U", "slot": 2, "item": "B"}, {"shelf": "U", "slot": 3, "item": "c"}]).execute()
    equal(sorted(row["item"] for row in answer.data), ["B", "c"])
    answer = table().upsert([{"shelf": "U", "slot": 3, "item": "C"}, {"shelf": "U", "slot": 4, "item": "d"}],
                            ignore_duplicates=True).execute()
    equal([row["item"] for row in answer.data], ["d"])
    rows = table().select("item").eq("shelf", "U").order("slot").execute().data
    equal([row["item"] for row in rows], ["a", "B", "c", "d"])
    answer = db.table("book_details").upsert({"book_id": 2, "isbn": "isbn-2", "blurb": "changed"},
                                             on_conflict="isbn").execute()
    equal(answer.data, [{"book_id": 2, "isbn": "isbn-2", "blurb": "changed"}])
    db.table("book_details").update({"blurb": "a governess"}).eq("book_id", 2).execute()
    equal(len(table().delete().eq("shelf", "U").execute().data), 4)


@case
def updates():
    answer = db.table("books").update({"pages": 91}).eq("id", 4).execute()
    equal((answer.data[0]["id"], answer.data[0]["pages"]), (4, 91))
    answer = db.table("books").update({"pages": 90}, returning=ReturnMethod.minimal,
                                      count=CountMethod.exact).eq("id", 4).execute()
    equal((answer.count, answer.data), (1, []))
    equal(db.table("books").update({"pages": 1}).eq("id", 4000).execute().data, [])
    equal(db.table("books").select("pages").eq("id", 4).execute().data, [{"pages": 90}])


@case
def no_more_than_so_many():
    for n in (1, 2, 3):
        db.table("stock").insert({"shelf": "M", "slot": n}).execute()
    refused(db.table("stock").update({"item": "all"}).eq("shelf", "M").max_affected(2), "PGRST124",
            message="Query result exceeds max-affected preference constraint",
            details="The query affects 3 rows")
    equal(db.table("stock").select("item").eq("item", "all").execute().data, [])
    equal(len(db.table("stock").delete().eq("shelf", "M").max_affected(3).execute().data), 3)


@case
def constraints_are_said():
    refused(db.table("genres").insert({"id": 1, "name": "again"}), "23505",
            message='duplicate key value violates unique constraint "genres_pkey"',
            details="Key (id)=(1) already exists.", hint=None)
    refused(db.table("books").insert({"title": "x", "author_id": 4000}), "23503",
            details='Key (author_id)=(4000) is not present in table "authors".')
    refused(db.table("books").insert({"title": "x", "author_id": 1, "price": -1}), "23514")
    refused(db.table("genres").insert({"id": 99}), "23502")
    refused(db.table("books").insert({"title": "x", "author_id": "many"}), "22P02",
            message='invalid input syntax for type bigint: "many"')
    refused(db.table("genres").delete().eq("id", 1), "23503")


# Row level security


@case
def who_is_who():
    def me(client):
        answer = client.rpc("who_am_i").execute().data
        return answer["database_role"], answer["role"], answer["uid"]

    equal(me(db), ("anon", "anon", None))
    equal(me(client("anon")), ("anon", "anon", None))
    equal(me(service), ("service_role", "service_role", None))
    equal(me(client("service")), ("service_role", "service_role", None))
    equal(me(ann), ("authenticated", "authenticated", ANN))
    equal(me(ben), ("authenticated", "authenticated", BEN))
    answer = ann.rpc("who_am_i", get=True).execute().data
    equal((answer["method"], answer["path"]), ("GET", "/rpc/who_am_i"))
    equal(answer["claims"]["sub"], ANN)
    if not answer["agent"].startswith("supabase-py/"):
        raise AssertionError(answer["agent"])


@case
def each_sees_their_own():
    def bodies(client):
        return [row["body"] for row in client.table("notes").select("body").order("id").execute().data]

    equal(bodies(db), ["for all to read"])
    equal(bodies(ann), ["for all to read", "a of ann"])
    equal(bodies(ben), ["for all to read", "b of ben"])
    equal(bodies(service), ["for all to read", "a of ann", "b of ben"])
    equal(bodies(db), ["for all to read"])


@case
def each_writes_their_own():
    made = ann.table("notes").insert({"body": "new"}).execute().data[0]
    equal((made["owner"], made["private"]), (ANN, True))
    equal(ben.table("notes").update({"body": "taken"}).eq("id", made["id"]).execute().data, [])
    equal(ben.table("notes").delete().eq("id", made["id"]).execute().data, [])
    refused(ben.table("notes").insert({"body": "as ann", "owner": ANN}), "42501",
            message='new row violates row-level security policy for table "notes"')
    refused(db.table("notes").insert({"body": "as nobody", "owner": ANN}), "42501")
    equal(ann.table("notes").update({"body": "newer"}).eq("id", made["id"]).execute().data[0]["body"], "newer")
    equal(len(service.table("notes").delete().eq("id", made["id"]).execute().data), 1)


@case
def what_is_not_granted():
    refused(db.table("vault_of_ours").select("*"), "42501",
            message="permission denied for table vault_of_ours")
    refused(ann.table("vault_of_ours").select("*"), "42501")
    equal(service.table("vault_of_ours").select("*").execute().data, [])


@case
def tokens_that_are_none():
    def answer(token):
        return client("publishable", token).table("books").select("id").limit(1)

    refused(answer(given["expired"]), "PGRST303", message="JWT expired")
    refused(answer(given["forged"]), "PGRST301", message="No suitable key or wrong key type",
            details="None of the keys was able to decode the JWT")
    refused(answer("not.a-token"), "PGRST301", message="Expected 3 parts in JWT; got 2")


# Errors


@case
def what_is_not_there():
    refused(db.table("bookz").select("*"), "PGRST205", message="Could not find the table 'public.bookz' in the schema cache",
            hint="Perhaps you meant the table 'public.books'")
    refused(db.table("books").select("colour"), "42703", message="column books.colour does not exist")
    refused(db.table("books").select("id").eq("colour", "red"), "42703")
    refused(db.table("genres").insert({"id": 50, "colour": "red"}), "PGRST204",
            message="Could not find the 'colour' column of 'genres' in the schema cache")


@case
def what_does_not_parse():
    refused(db.table("books").select("id").filter("id", "equals", "1"), "PGRST100",
            message=lambda text: text.startswith('"failed to parse filter (equals.1)" (line 1, column '))
    refused(db.table("books").select("id,(title"), "PGRST100")
    refused(db.table("books").select("id").or_("id.eq"), "PGRST100")
    refused(db.table("books").select("id").order("id.sideways"), "PGRST100")
    refused(db.table("books").select("price.sum()"), "PGRST123", message="Use of aggregate functions is not allowed")


@case
def schemas():
    equal(db.schema("extra").table("things").select("name").order("id").execute().data,
          [{"name": "lamp"}, {"name": "rug"}])
    made = db.schema("extra").table("things").insert({"id": 3, "name": "bed"}).execute().data
    equal(made, [{"id": 3, "name": "bed"}])
    equal(len(db.schema("extra").table("things").delete().eq("id", 3).execute().data), 1)
    refused(db.table("things").select("*"), "PGRST205")
    refused(db.schema("hidden").table("secrets").select("*"), "PGRST106", message="Invalid schema: hidden",
            hint="Only the following schemas are exposed: public, graphql_public, extra")


@case
def nothing_is_injected():
    for value in ["'; drop table books; --", "\\' or 1=1", "$1", "%00", "x\u0000y", "{}", "(", "\"", "null"]:
        try:
            equal(books().eq("title", value).execute().data, [])
        except APIError as error:
            # PostgreSQL has no text with a zero in it.
            if "\u0000" not in value or not error.code:
                raise
    for name in ["id;drop table books", 'id"', "id'", "public.id", "(select 1)"]:
        try:
            db.table("books").select("id").eq(name, 1).execute()
        except APIError as error:
            if error.code not in ("42703", "PGRST100", "PGRST108"):
                raise
    equal(len(db.table("books").select("id").execute().data), 5)


# Names, types, and what is computed


@case
def odd_names():
    odd = lambda: db.table("Odd Table")
    equal(odd().select("*").order("camelCase").limit(1).execute().data,
          [{"camelCase": 1, "with space": "a b", "dot.ted": "c.d", "select": False, 'quo"ted': 'e"f', "ümläut": "ü"}])
    equal(odd().select('"with space", x:"dot.ted", "ümläut", camelCase').eq("camelCase", 1).execute().data,
          [{"with space": "a b", "x": "c.d", "ümläut": "ü", "camelCase": 1}])
    equal(len(odd().select("camelCase").eq("with space", "a b").execute().data), 1)
    equal(len(odd().select("camelCase").eq("ümläut", "ü").execute().data), 1)
    made = odd().insert([{"camelCase": 3, "with space": "x", "dot.ted": "y", 'quo"ted': "z"}]).execute().data[0]
    equal((made["dot.ted"], made['quo"ted'], made["select"]), ("y", "z", True))
    equal(odd().update({"with space": "w"}).eq("camelCase", 3).select('"with space"').execute().data,
          [{"with space": "w"}])
    equal(len(odd().delete().eq("camelCase", 3).execute().data), 1)


@case
def types_come_back():
    row = {"big": 9007199254740993, "ratio": 0.1, "share": 50, "bytes": "\\x00ff", "day": "2024-02-29",
           "clock": "12:34:56", "took": "1 day 02:03:04", "flags": "101", "address": "10.0.0.1/8",
           "grid": [[1, 2], [3, 4]], "moods": ["sad", "happy"], "doc": {"b": [1, "x"], "a": None}}
    sent = {**row, "at": "2026-01-02T03:04:05.678+02:00", "exact": "12345678901234567890.10"}
    made = db.table("kinds").insert(sent).select("*, exact::text").single().execute().data
    equal({key: made[key] for key in row}, row)
    equal((made["at"], made["exact"]), ("2026-01-02T01:04:05.678+00:00", "12345678901234567890.10"))
    one = lambda: db.table("kinds").select("big")
    for column, value in [("id", made["id"]), ("big", 9007199254740993), ("bytes", "\\x00ff"),
                          ("at", "2026-01-02T03:04:05.678+02:00"), ("day", "2024-02-29"), ("took", "1 day 02:03:04"),
                          ("flags", "101"), ("moods", "{sad,happy}"), ("exact", "12345678901234567890.1")]:
        equal((column, len(one().eq(column, value).execute().data)), (column, 1))
    equal(one().eq("doc->b->>1", "x").execute().data, [{"big": 9007199254740993}])
    refused(db.table("kinds").insert({"share": 101}), "23514")
    refused(db.table("kinds").select("id").eq("id", "no-uuid"), "22P02")
    equal(len(db.table("kinds").delete().not_.is_("id", None).execute().data), 1)


@case
def partitions_and_materialized_views():
    events = lambda: db.table("events")
    equal(events().select("id, note").order("id").execute().data,
          [{"id": 1, "note": "first"}, {"id": 2, "note": "second"}])
    equal(len(events().insert({"id": 3, "month": "2026-02-07", "note": "third"}).execute().data), 1)
    answer = events().upsert({"id": 3, "month": "2026-02-07", "note": "changed"}).execute()
    equal([row["note"] for row in answer.data], ["changed"])
    equal(len(events().delete().eq("id", 3).execute().data), 1)
    refused(events().insert({"id": 4, "month": "2030-01-01"}), "23514")
    rows = db.table("books_by_author").select("books, authors(name)").order("author_id").limit(2).execute().data
    equal(rows, [{"books": 1, "authors": {"name": "Ada"}}, {"books": 2, "authors": {"name": "Brontë, Charlotte"}}])


@case
def columns_that_are_functions():
    authors = lambda columns: db.table("authors").select(columns)
    equal(authors("name, initial").eq("initial", "A").execute().data, [{"name": "Ada", "initial": "A"}])
    equal([row["id"] for row in authors("id").order("initial", desc=True).execute().data], [4, 3, 2, 1])
    rows = authors("id, novels(title)").in_("id", [1, 2]).order("id").order("title", foreign_table="novels")
    equal(rows.execute().data, [{"id": 1, "novels": []},
                                {"id": 2, "novels": [{"title": "Jane Eyre"}, {"title": "Shirley"}]}])


@case
def more_functions():
    equal(db.rpc("pick", {"names": ["a", "b,c"]}).execute().data, "a+b,c")
    equal(db.rpc("greet", {}).execute().data, "hello you")
    equal(db.rpc("greet").execute().data, "hello you")
    equal(db.rpc("greet", {"greeting": "bye"}, get=True).execute().data, "bye you")
    equal(db.rpc("merge", {"a": {"x": 1}, "b": {"y": [2]}}).execute().data, {"x": 1, "y": [2]})
    equal(db.rpc("merge", {"a": {"x": 1}, "b": {"y": [2]}}, get=True).execute().data, {"x": 1, "y": [2]})
    made = db.rpc("new_author", {"name": "Rpc"}).select("name, mood, books!books_author_id_fkey(title)").execute().data
    equal(made, {"name": "Rpc", "mood": "ok", "books": []})
    refused(db.rpc("new_author", {"name": "Rpc"}), "23505")
    equal(len(db.table("authors").delete().eq("name", "Rpc").execute().data), 1)


@case
def filters_deep_in_embeds():
    rows = db.table("authors").select("id, books!books_author_id_fkey!inner(id, genres!inner(name))")
    equal(rows.eq("books.genres.name", "drama").order("id").execute().data,
          [{"id": 3, "books": [{"id": 4, "genres": [{"name": "drama"}]}]},
           {"id": 4, "books": [{"id": 5, "genres": [{"name": "drama"}]}]}])
    equal(ids(books("id, publishers(name)").or_("id.eq.1,publishers.is.null")), [1, 5])
    equal(ids(books("id, author:authors!author_id!inner(name)").eq("author.name", "Ada")), [1])
    equal(ids(books("id, author:authors!author_id!inner(name)").or_("name.eq.Ada,name.eq.Chekhov", reference_table="author")),
          [1, 4])
    equal(ids(books("id, genres!inner()").in_("genres.name", ["drama", "science"])), [1, 4, 5])
    equal(ids(books("id, publishers!inner(country)").is_("publishers.country", None)), [3, 4])


@case
def many_rows():
    rows = [{"shelf": "bulk", "slot": n, "item": f"item {n} " + "x" * 100} for n in range(3000)]
    answer = db.table("stock").insert(rows, returning=ReturnMethod.minimal, count=CountMethod.exact).execute()
    equal(answer.count, 3000)
    seen = []
    while True:
        page = db.table("stock").select("slot").eq("shelf", "bulk").order("slot").range(len(seen), len(seen) + 499)
        part = [row["slot"] for row in page.execute().data]
        seen += part
        if len(part) < 100:
            break
    equal(seen, list(range(3000)))
    wide = db.table("stock").select("slot").in_("slot", list(range(2500))).eq("shelf", "bulk").limit(1).execute()
    equal(len(wide.data), 1)
    equal(db.table("stock").update({"amount": 1}, count=CountMethod.exact, returning=ReturnMethod.minimal)
          .eq("shelf", "bulk").gte("slot", 1000).execute().count, 2000)
    equal(db.table("stock").delete(count=CountMethod.exact, returning=ReturnMethod.minimal)
          .eq("shelf", "bulk").execute().count, 3000)


@case
def many_threads():
    def read(number):
        client, wanted = [(db, 1), (ann, 2), (ben, 2), (service, 3)][number % 4]
        return len(client.table("notes").select("body").lt("id", 100).execute().data) == wanted

    with ThreadPoolExecutor(8) as pool:
        equal(all(pool.map(read, range(200))), True)


failures = 0
for function in cases:
    name = function.__name__.replace("_", " ")
    try:
        function()
        print(f"ok\t{name}", flush=True)
    except Exception as problem:  # whatever it is, the next case is tried
        failures += 1
        text = f"{type(problem).__name__}: {problem!r}" if isinstance(problem, APIError) else f"{type(problem).__name__}: {problem}"
        print(f"FAIL\t{name}: {' '.join(text.split())[:600]}", flush=True)
print(f"end\t{len(cases)} cases, {failures} failed", flush=True)
