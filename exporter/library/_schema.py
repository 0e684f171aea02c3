"""The library's tables, by version. A version once released is never changed: a new one is added.

Days are proleptic ordinals (`datetime.date.toordinal`), so that a window is a range of integers.
Names that are compared are kept a second time, folded. Marks are 64-bit numbers by which
articles find their like (see `_stories`): as numbers at random they touch the whole of an index,
so new ones wait in a small one of their own. The articles themselves stand apart from what is
asked of them, so that asking reads little.
"""

from __future__ import annotations

APPLICATION = 0x65787031
"""SQLite's application_id: distinguishes a library from other databases."""

VERSIONS: tuple[str, ...] = (
    """
    CREATE TABLE file (
        id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,       -- where it was read, in the system's bytes
        name TEXT NOT NULL,              -- as told to the user
        size INTEGER NOT NULL,           -- bytes
        mtime INTEGER NOT NULL,          -- nanoseconds
        sha256 TEXT NOT NULL,
        form TEXT,                       -- the reader, or the form of the archive
        manner TEXT NOT NULL,            -- how it was read: version, reader, rules turned off
        whole INTEGER NOT NULL,          -- 1 when all of it is in
        findings BLOB NOT NULL           -- diagnostics, MessagePack
    ) STRICT;

    CREATE TABLE article (
        id INTEGER PRIMARY KEY,
        file INTEGER NOT NULL REFERENCES file ON DELETE CASCADE,
        origin TEXT NOT NULL,            -- SHA-256 of what it was read from
        digest BLOB NOT NULL,            -- SHA-256 of its pack
        title TEXT NOT NULL,
        name TEXT NOT NULL,              -- of what it was read from
        source TEXT,
        publisher TEXT,
        source_key TEXT,
        publisher_key TEXT,
        language TEXT,
        primary_language TEXT,
        published TEXT,
        first INTEGER,                   -- the days that its date may mean; NULL: undated
        last INTEGER,
        length INTEGER NOT NULL,         -- characters
        listing INTEGER NOT NULL,        -- 1: no article, it only carries teasers
        story INTEGER NOT NULL,          -- the same for all copies of one article
        place INTEGER NOT NULL           -- among these copies; 0 leads
    ) STRICT;
    CREATE INDEX article_file ON article (file);
    CREATE INDEX article_origin ON article (origin);
    CREATE INDEX article_day ON article (first, last, place);
    CREATE INDEX article_story ON article (story, place);
    CREATE INDEX article_source ON article (source_key);
    CREATE INDEX article_publisher ON article (publisher_key);
    CREATE INDEX article_language ON article (primary_language);

    CREATE TABLE pack (
        article INTEGER PRIMARY KEY REFERENCES article ON DELETE CASCADE,
        facts BLOB NOT NULL,             -- what tells that two are the same, MessagePack
        pack BLOB NOT NULL               -- the article in MessagePack, without its images' bytes
    ) STRICT;

    CREATE TABLE tag (
        tag TEXT NOT NULL,               -- folded
        article INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
        PRIMARY KEY (tag, article)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX tag_article ON tag (article);

    CREATE TABLE mark (
        kind INTEGER NOT NULL,
        value INTEGER NOT NULL,
        article INTEGER NOT NULL,        -- no reference: to find an article's marks is to make its card
        PRIMARY KEY (kind, value, article)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE fresh (                 -- marks that came last, put among the others now and then
        kind INTEGER NOT NULL,
        value INTEGER NOT NULL,
        article INTEGER NOT NULL,
        PRIMARY KEY (kind, value, article)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE teaser (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL,            -- one that comes again long after is kept again
        story INTEGER NOT NULL,          -- the marks of the article that it tells of
        link INTEGER,
        source_key TEXT,
        publisher_key TEXT,              -- of the page that carries it
        language TEXT,
        primary_language TEXT,
        first INTEGER,
        last INTEGER,
        length INTEGER NOT NULL,
        pack BLOB NOT NULL
    ) STRICT;
    CREATE INDEX teaser_day ON teaser (first, last);

    CREATE TABLE carries (
        article INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
        position INTEGER NOT NULL,
        teaser INTEGER NOT NULL REFERENCES teaser ON DELETE CASCADE,
        PRIMARY KEY (article, position)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX carries_teaser ON carries (teaser);

    CREATE TABLE image (
        article INTEGER NOT NULL REFERENCES article ON DELETE CASCADE,
        hash TEXT NOT NULL,
        PRIMARY KEY (article, hash)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX image_hash ON image (hash);

    CREATE VIRTUAL TABLE words USING fts5 (title, body, content='', tokenize='trigram');
    CREATE VIRTUAL TABLE pairs USING fts5 (text, content='', tokenize='unicode61', detail='none');

    -- What a transaction brings makes one segment, of pages as large as the database's own;
    -- and segments are merged eight at a time.
    INSERT INTO words (words, rank) VALUES ('hashsize', 16000000);
    INSERT INTO words (words, rank) VALUES ('pgsz', 4050);
    INSERT INTO words (words, rank) VALUES ('automerge', 8);
    INSERT INTO pairs (pairs, rank) VALUES ('pgsz', 4050);
    """,
    """
    ALTER TABLE article ADD COLUMN part INTEGER NOT NULL DEFAULT 0;  -- of what it was read from, from 0
    ALTER TABLE article ADD COLUMN own INTEGER NOT NULL DEFAULT 0;   -- 1: came in exporter's own form
    DROP INDEX article_origin;
    CREATE INDEX article_origin ON article (origin, part);

    CREATE INDEX article_own ON article (origin) WHERE own;

    CREATE TABLE setting (
        name TEXT PRIMARY KEY,           -- scheme: that of the prints among the facts
        value INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE removed (               -- articles that an import leaves out
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL,
        source_key TEXT,
        facts BLOB NOT NULL
    ) STRICT;

    CREATE TABLE former (                -- marks that the library has had, so that no brief tells of them
        kind INTEGER NOT NULL,
        value INTEGER NOT NULL,
        removed INTEGER NOT NULL,        -- 0: of an article that another version replaced
        PRIMARY KEY (kind, value, removed)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX former_removed ON former (removed);
    """,
)
"""The statements that lead from each version to the next; the first makes a library."""
