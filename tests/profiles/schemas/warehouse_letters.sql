-- One letter before every column, "key" for id, composite keys.
CREATE TABLE customer AS SELECT i AS c_custkey, 'Customer#' || i AS c_name, i % 5 AS c_nationkey, 100.5 * i AS c_acctbal, ['BUILDING', 'MACHINERY'][1 + i % 2] AS c_mktsegment FROM range(1, 101) r(i);
CREATE TABLE nation AS SELECT i AS n_nationkey, 'NATION ' || chr(65 + i::INT) AS n_name, i % 2 AS n_regionkey FROM range(5) r(i);
CREATE TABLE region AS SELECT i AS r_regionkey, ['NORTH', 'SOUTH'][i + 1] AS r_name FROM range(2) r(i);
CREATE TABLE orders AS SELECT i AS o_orderkey, 1 + i * 7 % 100 AS o_custkey, ['O', 'F'][1 + i % 2] AS o_orderstatus, 50.5 + i AS o_totalprice, DATE '1995-01-01' + (i % 900)::INT AS o_orderdate FROM range(1, 401) r(i);
CREATE TABLE lineitem AS SELECT o AS l_orderkey, 1 + (o * n) % 50 AS l_partkey, n AS l_linenumber, (o + n) % 40 + 1 AS l_quantity, 10.0 + (o * n) % 700 AS l_extendedprice, ((o + n) % 10) / 100 AS l_discount,
    DATE '1995-02-01' + (o % 900)::INT AS l_shipdate FROM range(1, 401) a(o), range(1, 4) b(n);
CREATE TABLE part AS SELECT i AS p_partkey, 'part ' || i AS p_name, 'Brand#' || i % 5 AS p_brand, 900.5 + i AS p_retailprice FROM range(1, 51) r(i);
CREATE TABLE claims AS SELECT o AS m_orderkey, 1 + o % 3 AS m_linenumber, 'broken' AS m_cause FROM range(5, 400, 9) a(o);
