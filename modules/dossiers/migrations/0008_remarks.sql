-- What people wrote with their rating, apart from it: about which agency, in which month. Ids are drawn; nothing leads back to the answer.
CREATE TABLE rating_remark (
  id {id} PRIMARY KEY,
  -- The first day of the month.
  month {date} NOT NULL,
  agency_id {id} NOT NULL,
  remark {text} NOT NULL
){strict};
