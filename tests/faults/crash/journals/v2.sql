BEGIN TRANSACTION;
CREATE TABLE history (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL REFERENCES tasks (key),
        at REAL NOT NULL,
        state TEXT NOT NULL,
        note TEXT
    );
INSERT INTO "history" VALUES(1,'queued',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(2,'submitting',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(3,'submitting',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(4,'unsure',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(5,'unsure',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(6,'unsure',1700049600.0,'unsure',NULL);
INSERT INTO "history" VALUES(7,'pending',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(8,'pending',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(9,'pending',1700049600.0,'pending',NULL);
INSERT INTO "history" VALUES(10,'processing',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(11,'processing',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(12,'processing',1700049600.0,'pending',NULL);
INSERT INTO "history" VALUES(13,'processing',1700049600.0,'processing',NULL);
INSERT INTO "history" VALUES(14,'saving',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(15,'saving',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(16,'saving',1700049600.0,'pending',NULL);
INSERT INTO "history" VALUES(17,'saving',1700049600.0,'saving',NULL);
INSERT INTO "history" VALUES(18,'ready',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(19,'ready',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(20,'ready',1700049600.0,'pending',NULL);
INSERT INTO "history" VALUES(21,'ready',1700049600.0,'saving',NULL);
INSERT INTO "history" VALUES(22,'ready',1700049600.0,'ready',NULL);
INSERT INTO "history" VALUES(23,'failed',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(24,'failed',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(25,'failed',1700049600.0,'pending',NULL);
INSERT INTO "history" VALUES(26,'failed',1700049600.0,'failed',NULL);
INSERT INTO "history" VALUES(27,'stopped',1700049600.0,'queued',NULL);
INSERT INTO "history" VALUES(28,'stopped',1700049600.0,'submitting',NULL);
INSERT INTO "history" VALUES(29,'stopped',1700049600.0,'pending',NULL);
INSERT INTO "history" VALUES(30,'stopped',1700049600.0,'stopped',NULL);
CREATE TABLE tasks (
        key TEXT PRIMARY KEY NOT NULL,
        record TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        state TEXT GENERATED ALWAYS AS (json_extract(record, '$.state')) VIRTUAL NOT NULL,
        service TEXT GENERATED ALWAYS AS (json_extract(record, '$.service')) VIRTUAL NOT NULL,
        created_at REAL GENERATED ALWAYS AS (json_extract(record, '$.created_at')) VIRTUAL NOT NULL
    , counts INTEGER GENERATED ALWAYS AS (
        coalesce(json_extract(record, '$.failure.kind'), '') NOT IN ('refused', 'forgotten')
        AND NOT (
            json_extract(record, '$.state') = 'stopped'
            AND json_extract(record, '$.task_id') IS NULL
        )
    ) VIRTUAL, seconds INTEGER
        GENERATED ALWAYS AS (json_extract(record, '$.request.duration')) VIRTUAL, cost REAL
        GENERATED ALWAYS AS (json_extract(record, '$.cost')) VIRTUAL, session TEXT
        GENERATED ALWAYS AS (json_extract(record, '$.session')) VIRTUAL);
INSERT INTO "tasks" VALUES('queued','{"key":"queued","request":{"prompt":"a film that is queued","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"queued","created_at":1700049600.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":null,"accepted_at":null,"ended_at":null,"task_id":null,"urls":[],"expires_at":null,"film":null,"failure":null,"note":null,"polls":0,"service_seconds":null,"asked_at":null,"ended_between":null}','44965e18d1e41dd6bd3fabeb7d64d20a8549a4e6bc258afebf1a39a5edb3d781');
INSERT INTO "tasks" VALUES('submitting','{"key":"submitting","request":{"prompt":"a film that is submitting","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"submitting","created_at":1700049601.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049601.0,"accepted_at":null,"ended_at":null,"task_id":null,"urls":[],"expires_at":null,"film":null,"failure":null,"note":null,"polls":0,"service_seconds":null,"asked_at":null,"ended_between":null}','b69f6a25591223e363e988971924a343671812557f0bb08fb52c34ef6d608284');
INSERT INTO "tasks" VALUES('unsure','{"key":"unsure","request":{"prompt":"a film that is unsure","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"unsure","created_at":1700049602.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049602.0,"accepted_at":null,"ended_at":1700049602.0,"task_id":null,"urls":[],"expires_at":null,"film":null,"failure":{"kind":"lost","message":"the answer was lost","code":null,"error":null},"note":null,"polls":0,"service_seconds":null,"asked_at":null,"ended_between":null}','16fc6c983bb9902b0df2cc5a0c4de9f4022112ac2fbb6d9c8bc74dbc61115876');
INSERT INTO "tasks" VALUES('pending','{"key":"pending","request":{"prompt":"a film that is pending","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"pending","created_at":1700049603.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049603.0,"accepted_at":1700049603.0,"ended_at":null,"task_id":"id-of-pending","urls":[],"expires_at":null,"film":null,"failure":null,"note":null,"polls":0,"service_seconds":null,"asked_at":null,"ended_between":null}','4af8e0671b8efdb091d11131f7c0ca05e5ea04b3a13e05285a8806a721469252');
INSERT INTO "tasks" VALUES('processing','{"key":"processing","request":{"prompt":"a film that is processing","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"processing","created_at":1700049604.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049604.0,"accepted_at":1700049604.0,"ended_at":null,"task_id":"id-of-processing","urls":[],"expires_at":null,"film":null,"failure":null,"note":null,"polls":1,"service_seconds":null,"asked_at":1700049604.0,"ended_between":null}','c3b5329e4ee9e01a093c41418efd91c5336f53f99430c97a67ca35f63de0eacd');
INSERT INTO "tasks" VALUES('saving','{"key":"saving","request":{"prompt":"a film that is saving","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"saving","created_at":1700049605.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049605.0,"accepted_at":1700049605.0,"ended_at":null,"task_id":"id-of-saving","urls":["http://127.0.0.1:1/results/film.mp4"],"expires_at":1701345605.0,"film":null,"failure":null,"note":null,"polls":1,"service_seconds":null,"asked_at":null,"ended_between":[0.0,0.0]}','706c513e851fdefa4f0451b1f45de0fbc28c71adb9e0ef3b7da7c0bddc2599d5');
INSERT INTO "tasks" VALUES('ready','{"key":"ready","request":{"prompt":"a film that is ready","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"ready","created_at":1700049606.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049606.0,"accepted_at":1700049606.0,"ended_at":1700049606.0,"task_id":"id-of-ready","urls":["http://127.0.0.1:1/results/film.mp4"],"expires_at":1701345606.0,"film":{"path":"film.mp4","size":5,"sha256":"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff","seconds":4.0,"width":1280,"height":720,"fps":null},"failure":null,"note":null,"polls":1,"service_seconds":null,"asked_at":null,"ended_between":[0.0,0.0]}','3d809eda26f97ab7f0d79e3de143f1583d495eff57913b789f717ce995ce4b6a');
INSERT INTO "tasks" VALUES('failed','{"key":"failed","request":{"prompt":"a film that is failed","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"failed","created_at":1700049607.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049607.0,"accepted_at":1700049607.0,"ended_at":1700049607.0,"task_id":"id-of-failed","urls":[],"expires_at":null,"film":null,"failure":{"kind":"failed","message":"no","code":"NSFW_DETECTED","error":null},"note":null,"polls":1,"service_seconds":null,"asked_at":null,"ended_between":[0.0,0.0]}','f0dacc24f6d768f2675b388c3edd04a6c84870b6321bdd6e5084ac95b752e0d0');
INSERT INTO "tasks" VALUES('stopped','{"key":"stopped","request":{"prompt":"a film that is stopped","duration":4,"aspect_ratio":"landscape","image":null,"model":"sora-2","remove_watermark":true,"take":1,"extra":{}},"service":"http://127.0.0.1:1/api/v1","state":"stopped","created_at":1700049608.0,"speed":1.0,"cost":null,"media":null,"session":"","submitted_at":1700049608.0,"accepted_at":1700049608.0,"ended_at":1700049608.0,"task_id":"id-of-stopped","urls":[],"expires_at":null,"film":null,"failure":null,"note":null,"polls":0,"service_seconds":null,"asked_at":null,"ended_between":null}','ca3ef9aa8d4bd15ad2d3cbbd8408179b1a8412446da7136180e970eb05a72bc6');
CREATE INDEX tasks_by_request ON tasks (fingerprint, service);
CREATE INDEX tasks_by_state ON tasks (service, state);
CREATE INDEX tasks_by_age ON tasks (created_at);
CREATE INDEX history_by_task ON history (key, seq);
CREATE INDEX tasks_by_spending
        ON tasks (service, counts, created_at, session, seconds, cost)
    ;
COMMIT;
PRAGMA user_version = 2;
