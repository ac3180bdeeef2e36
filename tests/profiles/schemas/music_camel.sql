-- Singular tables in camel case, a role without a table (support rep), a self reference by verb.
CREATE TABLE Artist AS SELECT i AS ArtistId, 'Band ' || i AS Name FROM range(1, 31) r(i);
CREATE TABLE Album AS SELECT i AS AlbumId, 'Album ' || i AS Title, 1 + i % 30 AS ArtistId FROM range(1, 81) r(i);
CREATE TABLE Track AS SELECT i AS TrackId, 'Song ' || i AS Name, 1 + i % 80 AS AlbumId, 1 + i % 4 AS GenreId, 100000 + i * 91 AS Milliseconds, 0.99 AS UnitPrice FROM range(1, 301) r(i);
CREATE TABLE Genre AS SELECT i AS GenreId, ['Rock', 'Jazz', 'Pop', 'Folk'][i] AS Name FROM range(1, 5) r(i);
CREATE TABLE Employee AS SELECT i AS EmployeeId, 'Last ' || i AS LastName, 'First ' || i AS FirstName, CASE WHEN i > 1 THEN 1 + i % 3 END AS ReportsTo, TIMESTAMP '2003-05-03' AS HireDate FROM range(1, 9) r(i);
CREATE TABLE Customer AS SELECT i AS CustomerId, 'F' || i AS FirstName, 'L' || i AS LastName, 'City ' || i % 20 AS City, 3 + i % 3 AS SupportRepId FROM range(1, 60) r(i);
CREATE TABLE Invoice AS SELECT i AS InvoiceId, 1 + i % 59 AS CustomerId, TIMESTAMP '2021-01-01' + INTERVAL (i) DAY AS InvoiceDate, 'City ' || i % 20 AS BillingCity, 0.99 * (1 + i % 7) AS Total FROM range(1, 200) r(i);
CREATE TABLE InvoiceLine AS SELECT i AS InvoiceLineId, 1 + i % 199 AS InvoiceId, 1 + i % 300 AS TrackId, 0.99 AS UnitPrice, 1 + i % 3 AS Quantity FROM range(1, 500) r(i);
CREATE TABLE PlaylistTrack AS SELECT 1 + i % 10 AS PlaylistId, 1 + i AS TrackId FROM range(120) r(i);
CREATE TABLE Playlist AS SELECT i AS PlaylistId, 'List ' || i AS Name FROM range(1, 11) r(i);
