-- Tables that hold nothing but references, and whose columns name another thing than the table.
CREATE TABLE Highschooler AS SELECT 1000 + i * 13 AS ID, 'Kid ' || i AS name, 9 + i % 4 AS grade FROM range(40) r(i);
CREATE TABLE Friend AS SELECT DISTINCT 1000 + i % 40 * 13 AS student_id, 1000 + (i * 7 + i // 40 + 3) % 40 * 13 AS friend_id FROM range(60) r(i);
CREATE TABLE Likes AS SELECT 1000 + i * 13 AS student_id, 1000 + (i * 11 + 5) % 40 * 13 AS liked_id FROM range(0, 40, 3) r(i);
