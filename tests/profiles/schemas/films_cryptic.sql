-- Initials for keys (aid, mid, gid), participles for relations.
CREATE TABLE actor AS SELECT i AS aid, 'Actor ' || i AS name, ['male', 'female'][1 + i % 2] AS gender, 1940 + i AS birth_year, 'Town ' || i % 9 AS birth_city FROM range(1, 41) r(i);
CREATE TABLE movie AS SELECT 100 + i AS mid, 'Movie ' || i AS title, 1970 + i % 45 AS release_year, 1000000.0 * (1 + i % 9) AS budget FROM range(1, 61) r(i);
CREATE TABLE "cast" AS SELECT i AS id, 101 + i % 60 AS mid, 1 + i * 7 % 40 AS aid, 'Role ' || i AS role FROM range(1, 151) r(i);
CREATE TABLE director AS SELECT i AS did, 'Director ' || i AS name FROM range(1, 16) r(i);
CREATE TABLE directed_by AS SELECT i AS id, 101 + i AS mid, 1 + i % 15 AS did FROM range(0, 60) r(i);
CREATE TABLE genre AS SELECT i AS gid, ['Drama', 'Comedy', 'Horror', 'Action'][i] AS genre FROM range(1, 5) r(i);
CREATE TABLE classification AS SELECT i AS id, 101 + i % 60 AS mid, 1 + i % 4 AS gid FROM range(0, 90) r(i);
CREATE TABLE keyword AS SELECT i AS id, 'kw ' || i AS keyword FROM range(1, 26) r(i);
CREATE TABLE tags AS SELECT i AS id, 101 + i % 60 AS mid, 1 + i % 25 AS kid FROM range(0, 90) r(i);
