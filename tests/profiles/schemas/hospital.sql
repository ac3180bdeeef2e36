-- Keys shortened in different ways; scores and names that must not join; dates of several kinds.
CREATE TABLE doctors AS SELECT i AS doc_id, 'Dr. ' || chr(65 + i::INT) AS name, ['Cardiology', 'Oncology', 'Surgery'][1 + i % 3] AS specialty, 5 + i AS years_experience, 4.1 + i % 5 / 10 AS rating FROM range(1, 13) r(i);
CREATE TABLE patients AS SELECT i AS patient_id, 'P' || i AS first_name, 'Q' || i AS last_name, DATE '1950-01-01' + (i * 77)::INT AS date_of_birth, ['M', 'F'][1 + i % 2] AS gender, 'p' || i || '@mail.example' AS email, 50.5 + i % 40 AS weight_kg, 150 + i % 50 AS height_cm FROM range(1, 151) r(i);
CREATE TABLE admissions AS SELECT i AS adm_id, 1 + i * 3 % 150 AS patient_id, 1 + i % 12 AS attending_doc_id, DATE '2022-01-01' + (i % 300)::INT AS admit_date, DATE '2022-01-04' + (i % 300)::INT AS discharge_date, 1 + i % 10 AS pain_score, 1200.5 + i AS total_cost_usd, i % 4 = 0 AS emergency FROM range(1, 401) r(i);
CREATE TABLE diagnoses AS SELECT i AS diag_id, 'D' || i AS diag_code, 'Disease ' || i AS diag_name FROM range(1, 21) r(i);
CREATE TABLE admission_diagnoses AS SELECT DISTINCT 1 + i % 400 AS adm_id, 1 + (i * 7 + i // 400) % 20 AS diag_id FROM range(600) r(i);
CREATE TABLE wards AS SELECT i AS ward_no, 'Ward ' || i AS name, 1 + i % 12 AS head_doctor_id, 20 + i AS beds FROM range(1, 7) r(i);
