-- A number column that bears a table's name, codes reached by role, a text column of the same name as a number.
CREATE TABLE airlines AS SELECT i AS uid, ['Jetline', 'Skyways', 'Norfly', 'Aerovia', 'Bluewing'][i] AS Airline,
    ['JL', 'SW', 'NF', 'AV', 'BW'][i] AS Abbreviation, ['USA', 'USA', 'Norway', 'Peru', 'UK'][i] AS Country FROM range(1, 6) r(i);
CREATE TABLE airports AS SELECT 'City ' || i AS City, chr(65 + (i % 26)::INT) || chr(65 + (i * 7 % 26)::INT) || chr(65 + (i // 26)::INT) AS AirportCode,
    'Airport ' || i AS AirportName, CASE WHEN i % 3 = 0 THEN 'Norway' ELSE 'USA' END AS Country FROM range(60) r(i);
CREATE TABLE flights AS SELECT 1 + i % 5 AS Airline, 100 + i AS FlightNo, a.AirportCode AS SourceAirport, b.AirportCode AS DestAirport
FROM range(120) r(i), airports a, airports b WHERE a.City = 'City ' || i % 60 AND b.City = 'City ' || (i * 13 + 1) % 60;
