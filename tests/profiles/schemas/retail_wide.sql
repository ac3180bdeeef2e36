-- One wide table of order lines: customers, products and orders live inside it.
CREATE TABLE orders_processed AS SELECT i AS "Row ID", 'CA-' || 2020 + o % 4 || '-' || 10000 + o AS "Order ID", DATE '2020-01-01' + (o * 2 % 1400)::INT AS "Order Date",
    DATE '2020-01-05' + (o * 2 % 1400)::INT AS "Ship Date", ['Standard Class', 'First Class', 'Same Day'][1 + o % 3] AS "Ship Mode",
    'CU-' || 100 + o % 90 AS "Customer ID", 'Person ' || o % 90 AS "Customer Name", ['Consumer', 'Corporate', 'Home Office'][1 + o % 90 % 3] AS "Segment",
    'City ' || o % 60 AS "City", 'State ' || o % 60 % 20 AS "State", 'Country ' || o % 60 % 20 % 5 AS "Country", 10000 + o % 60 AS "Postal Code",
    'PR-' || 1000 + p AS "Product ID", ['Furniture', 'Technology', 'Office Supplies'][1 + p % 9 % 3] AS "Category", 'Sub ' || p % 9 AS "Sub-Category", 'Product ' || p AS "Product Name",
    10.5 + (i * 37) % 900 AS "Sales", 1 + i % 9 AS "Quantity", (i % 5) / 10 AS "Discount", -20.5 + (i * 13) % 200 AS "Profit", 1.5 + i % 40 AS "Shipping Cost", ['High', 'Low', 'Medium'][1 + o % 3] AS "Order Priority"
FROM (SELECT i, i // 3 AS o, i * 31 % 140 AS p FROM range(1, 2001) r(i));
