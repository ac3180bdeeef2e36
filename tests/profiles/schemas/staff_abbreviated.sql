-- Prefixed tables, abbreviated camel case, a manager in the same table.
CREATE TABLE tblEmp AS SELECT 1000 + i AS EmpID, 'First' || i % 17 AS FName, 'Last' || i AS LName, 10 + i % 6 AS DeptID,
    CASE WHEN i > 5 THEN 1000 + i % 6 END AS MgrID, DATE '2015-01-01' + (i * 11)::INT AS HireDt, 30000 + i * 137.5 AS Sal,
    DATE '1980-01-01' + (i * 40)::INT AS DOB, CASE WHEN i % 9 = 0 THEN 'N' ELSE 'Y' END AS IsActive, 'e' || i || '@firm.example' AS Email FROM range(90) r(i);
CREATE TABLE tblDept AS SELECT 10 + i AS DeptID, 'Department ' || chr(65 + i::INT) AS DeptNm, 'L' || i % 3 AS LocCd, 100000 * (i + 1) AS BudgetAmt FROM range(6) r(i);
CREATE TABLE tblLoc AS SELECT 'L' || i AS LocCd, ['Oslo', 'Lima', 'Bonn'][i + 1] AS City FROM range(3) r(i);
