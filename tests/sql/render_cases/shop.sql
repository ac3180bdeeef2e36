-- A small shop in which nearly every join can multiply rows or lose some.
CREATE TABLE regions (id INTEGER, name TEXT);
INSERT INTO regions VALUES (1, 'North'), (2, 'South'), (3, 'West');

CREATE TABLE customers (id INTEGER, name TEXT, region_id INTEGER, credit DOUBLE, joined_at TIMESTAMP, vip BOOLEAN);
INSERT INTO customers VALUES
  (1, 'Ann', 1, 100, '2020-05-01 08:00:00', true),
  (2, 'Bob', 1, 50, '2020-05-01 23:30:00', false),
  (3, 'Cid', 2, 70, '2020-06-15 12:00:00', true),
  (4, 'Ann', NULL, 30, '2020-05-02 00:00:00', false),  -- the same name as 1, and no region
  (5, 'Eve', 2, 20, NULL, NULL);                       -- no orders

CREATE TABLE orders (id INTEGER, customer_id INTEGER, ordered_on DATE, shipped_on DATE, shipping DOUBLE, status TEXT);
INSERT INTO orders VALUES
  (1, 1, '2021-01-05', '2021-01-08', 10, 'paid'),
  (2, 1, '2021-01-20', '2021-02-01', 20, 'paid'),
  (3, 2, '2021-02-03', '2021-02-03', 30, 'open'),
  (4, 3, '2021-03-10', '2021-03-20', 40, 'Paid'),
  (5, 4, '2022-01-01', NULL, 50, 'open'),
  (6, NULL, '2021-02-15', '2021-02-16', 5, NULL);      -- a guest's order, without lines

CREATE TABLE order_items (id INTEGER, order_id INTEGER, product_id INTEGER, quantity INTEGER, price DOUBLE);
INSERT INTO order_items VALUES
  (1, 1, 1, 2, 10), (2, 1, 2, 1, 5), (3, 1, 3, 1, 100),  -- two toys and a book in one order
  (4, 2, 3, 3, 100),
  (5, 3, 1, 5, 10),
  (6, 4, 2, 1, 5), (7, 4, 4, 2, 7),
  (8, 5, 3, 1, 90);

CREATE TABLE products (id INTEGER, name TEXT, category TEXT);
INSERT INTO products VALUES
  (1, 'Robot', 'toys'), (2, '50%_box', 'toys'), (3, 'Novel', 'books'), (4, 'Mystery', NULL), (5, '50 boxes', 'games');

CREATE TABLE returns (id INTEGER, order_id INTEGER, reason TEXT);
INSERT INTO returns VALUES (1, 1, 'broken'), (2, 1, 'late'), (3, 4, NULL);

CREATE TABLE tags (id INTEGER, label TEXT);
INSERT INTO tags VALUES (1, 'loyal'), (2, 'local'), (3, 'unused');

CREATE TABLE customer_tags (customer_id INTEGER, tag_id INTEGER);  -- a bridge with a composite key
INSERT INTO customer_tags VALUES (1, 1), (1, 2), (3, 2);

CREATE TABLE parcels (order_id INTEGER, part INTEGER, weight DOUBLE);  -- composite key (order_id, part)
INSERT INTO parcels VALUES (1, 1, 2), (1, 2, 3), (4, 1, 1);

CREATE TABLE scans (order_id INTEGER, part INTEGER, place TEXT);  -- no key; joined by two columns
INSERT INTO scans VALUES (1, 1, 'depot'), (1, 1, 'depot'), (1, 1, 'door'), (1, 2, 'depot'), (4, 1, 'door');

CREATE TABLE "Stock Levels" ("Product ID" INTEGER, "group" TEXT, "On Hand" INTEGER);
INSERT INTO "Stock Levels" VALUES (1, 'A', 5), (3, 'B', 7), (4, 'A', 1);
