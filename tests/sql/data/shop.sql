-- The database of the guard's tests: four known tables, and one that nobody may read.
CREATE TABLE customers AS
SELECT i AS customer_id, 'Customer ' || i AS name,
       ['Consumer', 'Corporate', 'Home'][1 + i % 3] AS segment,
       ['Berlin', 'Lyon', 'Oslo', NULL][1 + i % 4] AS city,
       DATE '2018-01-01' + (i * 37 % 900)::INT AS signup_date,
       'c' || i || '@example.org' AS email
FROM range(40) t(i);
CREATE TABLE products AS
SELECT i AS product_id, 'Product ' || chr((65 + i)::INT) AS product_name,
       ['Chairs', 'Paper', 'Phones'][1 + i % 3] AS category,
       (5 + i * 7.25)::DECIMAL(10, 2) AS price
FROM range(12) t(i);
CREATE TABLE orders AS
SELECT i AS order_id, (i * 7) % 35 AS customer_id, (i * 5) % 12 AS product_id,
       DATE '2020-01-03' + (i * 11 % 1000)::INT AS order_date,
       CASE WHEN i % 9 <> 0 THEN DATE '2020-01-03' + (i * 11 % 1000 + i % 6)::INT END AS ship_date,
       ['East', 'West', 'North', 'South'][1 + i % 4] AS region,
       (1 + i % 7)::INT AS quantity, round(10 + (i * 37 % 500) * 1.1, 2) AS amount,
       (i % 5) / 10.0 AS discount, ['open', 'paid', 'returned'][1 + i % 3] AS status,
       CASE WHEN i % 4 = 0 THEN NULL ELSE 'note, ' || i END AS note,
       TIMESTAMP '2020-01-03 08:00:00' + to_hours((i * 13 % 9000)::INT) AS created_at
FROM range(300) t(i);
CREATE TABLE employees AS
SELECT i AS employee_id, CASE WHEN i > 0 THEN (i - 1) // 3 END AS manager_id, 'Person ' || i AS full_name,
       ['Sales', 'Stock', 'Support'][1 + i % 3] AS department,
       DATE '2015-02-01' + (i * 61 % 1500)::INT AS hired_on, (2000 + i * 173 % 2500)::DOUBLE AS salary
FROM range(25) t(i);
CREATE TABLE vault AS SELECT 'do not read' AS secret, 1 AS customer_id;
