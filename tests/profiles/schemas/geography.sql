-- Text keys, relations named by verbs, a river in one row per land that it crosses.
CREATE TABLE land AS SELECT name AS land_name, 100000 + i * 7919 AS population, 1000.5 + i * 311 AS area,
    'terra' AS world_name, name || ' city' AS capital
FROM (SELECT unnest(['alba', 'borea', 'corvia', 'dunmark', 'estria', 'fenland', 'galdor', 'hestia']) AS name, unnest(range(8)) AS i);
CREATE TABLE city AS SELECT CASE k WHEN 0 THEN land_name || ' city' ELSE ['dover', 'salem', 'lima'][k] END AS city_name,
    population // (k + 2) + k AS population, 'terra' AS world_name, land_name
FROM land, range(4) r(k);
CREATE TABLE border_info AS SELECT a.land_name, b.land_name AS border FROM land a, land b
WHERE a.land_name <> b.land_name AND (length(a.land_name) + length(b.land_name)) % 2 = 1;
CREATE TABLE river AS SELECT river_name, length, 'terra' AS world_name, land_name AS traverse
FROM (SELECT unnest(['aar', 'blue', 'clyde', 'drava']) AS river_name, unnest([300, 1200, 800, 450]) AS length), land
WHERE (length(river_name) * length(land_name)) % 3 = 0 OR land_name IN ('alba', 'borea');
CREATE TABLE highlow AS SELECT land_name, population % 4000 AS highest_elevation, 'mount ' || land_name AS highest_point FROM land;
