-- Words written together; dates in parts; empty tables.
CREATE TABLE author AS SELECT i AS authorid, 'Author ' || i AS authorname FROM range(1, 31) r(i);
CREATE TABLE paper AS SELECT i AS paperid, 'On subject ' || i AS title, 1 + i % 6 AS venueid, 2000 + i % 15 AS year, i % 7 AS numciting FROM range(1, 81) r(i);
CREATE TABLE venue AS SELECT i AS venueid, 'Venue ' || i AS venuename FROM range(1, 7) r(i);
CREATE TABLE writes AS SELECT DISTINCT 1 + i % 80 AS paperid, 1 + i * 7 % 30 AS authorid FROM range(200) r(i);
CREATE TABLE cite AS SELECT DISTINCT 1 + i % 80 AS citingpaperid, 1 + i * 3 % 41 AS citedpaperid FROM range(150) r(i);
CREATE TABLE keyphrase (keyphraseid INTEGER, keyphrasename VARCHAR);
CREATE TABLE paperkeyphrase (paperid INTEGER, keyphraseid INTEGER);
