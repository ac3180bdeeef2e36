-- Every table begins with one prefix, every column with another.
CREATE TABLE axClient AS SELECT 'C' || lpad(i::VARCHAR, 3, '0') AS axCliId, 'Client ' || i AS axCliName, ['Spain', 'Chile', 'Ghana'][1 + i % 3] AS axCliCountry, DATE '2020-01-01' + i::INT AS axCliJoinDate FROM range(40) r(i);
CREATE TABLE axTicker AS SELECT 'T' || i AS axTickerId, 'SY' || i AS axTickerSymbol, 'Firm ' || i AS axTickerName FROM range(15) r(i);
CREATE TABLE axTransaction AS SELECT 'TX' || i AS axTxId, 'C' || lpad((i * 7 % 40)::VARCHAR, 3, '0') AS axTxCliId, 'T' || i % 15 AS axTxTickerId,
    TIMESTAMP '2023-01-01' + INTERVAL (i) HOUR AS axTxDateTime, i % 9 + 1 AS axTxShares, 10.25 + i % 50 AS axTxPrice, (i % 9 + 1) * (10.25 + i % 50) AS axTxAmount FROM range(300) r(i);
CREATE TABLE axDailyPrice AS SELECT 'T' || t AS axDpTickerId, DATE '2023-01-01' + d::INT AS axDpDate, 10.5 + (t * d) % 31 AS axDpClose, 1000 + t * d AS axDpVolume FROM range(15) a(t), range(20) b(d);
