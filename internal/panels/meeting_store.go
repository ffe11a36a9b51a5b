package panels

import (
	"context"

	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

const bodyColumns = `id, version, owner, place_id, kind, name, about, rules, set_up, closed, sample`

func scanBody(r db.Row) (b Body, err error) {
	err = r.Scan(&b.ID, &b.Version, db.AsJSON(&b.Owner), &b.PlaceID, &b.Kind, &b.Name, &b.About, db.AsJSON(&b.Rules), &b.SetUp, &b.Closed, &b.Sample)
	return b, err
}

func insertBody(ctx context.Context, tx *db.Tx, b Body) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_bodies (`+bodyColumns+`, owner_id) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12)`,
		b.ID, b.Version, db.AsJSON(&b.Owner), b.PlaceID, string(b.Kind), b.Name, b.About, db.AsJSON(&b.Rules), b.SetUp, b.Closed, b.Sample, b.Owner.ID)
	return err
}

func updateBody(ctx context.Context, tx *db.Tx, b Body) error {
	return tx.ExecOne(ctx, `UPDATE panel_bodies SET version = version + 1, place_id = $1, kind = $2, name = $3, about = $4, rules = $5, closed = $6
		WHERE id = $7 AND version = $8`, b.PlaceID, string(b.Kind), b.Name, b.About, db.AsJSON(&b.Rules), b.Closed, b.ID, b.Version)
}

func bodyByID(ctx context.Context, tx *db.Tx, id ref.ID) (Body, error) {
	return db.One(ctx, tx, scanBody, `SELECT `+bodyColumns+` FROM panel_bodies WHERE id = $1`, id)
}

// mostBodies is how many bodies one list shows.
const mostBodies = 500

// bodiesOf lists the bodies of an owner; of everybody when it is 0.
func bodiesOf(ctx context.Context, tx *db.Tx, owner ref.ID) ([]Body, error) {
	return db.All(ctx, tx, scanBody, `SELECT `+bodyColumns+` FROM panel_bodies WHERE owner_id = $1 OR $2 ORDER BY id DESC LIMIT $3`,
		owner, owner == 0, mostBodies)
}

const memberColumns = `id, version, body_id, no, person_id, org_id, post, duty, votes, since, until`

func scanMember(r db.Row) (m BodyMember, err error) {
	err = r.Scan(&m.ID, &m.Version, &m.BodyID, &m.No, &m.PersonID, &m.OrgID, &m.Post, &m.Duty, &m.Votes, &m.Since, &m.Until)
	return m, err
}

func insertMember(ctx context.Context, tx *db.Tx, m BodyMember) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_members (`+memberColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)`,
		m.ID, m.Version, m.BodyID, m.No, m.PersonID, m.OrgID, m.Post, string(m.Duty), m.Votes, m.Since, m.Until)
	return taken(err)
}

// taken turns a number or a seat that somebody took meanwhile into a conflict.
func taken(err error) error {
	if db.IsDuplicate(err) {
		return problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	return err
}

func updateMember(ctx context.Context, tx *db.Tx, m BodyMember) error {
	return tx.ExecOne(ctx, `UPDATE panel_members SET version = version + 1, person_id = $1, org_id = $2, post = $3, duty = $4, votes = $5,
		since = $6, until = $7 WHERE id = $8 AND version = $9`, m.PersonID, m.OrgID, m.Post, string(m.Duty), m.Votes, m.Since, m.Until, m.ID, m.Version)
}

func memberByID(ctx context.Context, tx *db.Tx, id ref.ID) (BodyMember, error) {
	return db.One(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM panel_members WHERE id = $1`, id)
}

// membersOf lists everybody who ever was in a body, in the order of their numbers.
func membersOf(ctx context.Context, tx *db.Tx, body ref.ID) ([]BodyMember, error) {
	return db.All(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM panel_members WHERE body_id = $1 ORDER BY no`, body)
}

// membershipsOf lists the seats of a person in all bodies.
func membershipsOf(ctx context.Context, tx *db.Tx, person ref.ID) ([]BodyMember, error) {
	return db.All(ctx, tx, scanMember, `SELECT `+memberColumns+` FROM panel_members WHERE person_id = $1 ORDER BY id`, person)
}

const meetingColumns = `id, version, body_id, no, body_name, starts_at, place, link, rules, norms_on, invited_at, opened_at, closed_at,
	cancelled_at, cancel_reason, minutes, sample, hurry`

func scanMeeting(r db.Row) (m Meeting, err error) {
	err = r.Scan(&m.ID, &m.Version, &m.BodyID, &m.No, &m.BodyName, &m.StartsAt, &m.Place, &m.Link, db.AsJSON(&m.Rules), &m.NormsOn, &m.InvitedAt,
		&m.OpenedAt, &m.ClosedAt, &m.CancelledAt, &m.CancelReason, db.AsJSON(&m.Minutes), &m.Sample, &m.Hurry)
	return m, err
}

func insertMeeting(ctx context.Context, tx *db.Tx, m Meeting) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_meetings (`+meetingColumns+`, signed) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19)`,
		m.ID, m.Version, m.BodyID, m.No, m.BodyName, m.StartsAt, m.Place, m.Link, db.AsJSON(&m.Rules), m.NormsOn, m.InvitedAt,
		m.OpenedAt, m.ClosedAt, m.CancelledAt, m.CancelReason, db.AsJSON(&m.Minutes), m.Sample, m.Hurry, m.Minutes.Signed())
	return taken(err)
}

func updateMeeting(ctx context.Context, tx *db.Tx, m Meeting) error {
	return tx.ExecOne(ctx, `UPDATE panel_meetings SET version = version + 1, starts_at = $1, place = $2, link = $3, invited_at = $4, opened_at = $5,
		closed_at = $6, cancelled_at = $7, cancel_reason = $8, minutes = $9, signed = $10, hurry = $11 WHERE id = $12 AND version = $13`,
		m.StartsAt, m.Place, m.Link, m.InvitedAt, m.OpenedAt, m.ClosedAt, m.CancelledAt, m.CancelReason, db.AsJSON(&m.Minutes), m.Minutes.Signed(),
		m.Hurry, m.ID, m.Version)
}

func meetingByID(ctx context.Context, tx *db.Tx, id ref.ID) (Meeting, error) {
	return db.One(ctx, tx, scanMeeting, `SELECT `+meetingColumns+` FROM panel_meetings WHERE id = $1`, id)
}

// meetingsOf lists the meetings of a body, the newest first.
func meetingsOf(ctx context.Context, tx *db.Tx, body ref.ID) ([]Meeting, error) {
	return db.All(ctx, tx, scanMeeting, `SELECT `+meetingColumns+` FROM panel_meetings WHERE body_id = $1 ORDER BY no DESC`, body)
}

// liveMeetings lists the meetings of bodies that are neither signed nor cancelled.
func liveMeetings(ctx context.Context, tx *db.Tx, bodies []ref.ID) ([]Meeting, error) {
	return db.All(ctx, tx, scanMeeting, `SELECT `+meetingColumns+` FROM panel_meetings WHERE cancelled_at IS NULL AND NOT signed
		AND body_id IN `+db.In(1, len(bodies))+` ORDER BY starts_at, id`, db.Args(nil, bodies)...)
}

func lastMeeting(ctx context.Context, tx *db.Tx, body ref.ID) (int, error) {
	return db.One(ctx, tx, db.Value[int], `SELECT COALESCE(MAX(no), 0) FROM panel_meetings WHERE body_id = $1`, body)
}

const itemColumns = `id, version, meeting_id, no, subject, title, proposal, motion, departure, orgs, opened_at, closed_at, result, tally, roll,
	reason, heard, from_id, carried_to, shown`

func scanItem(r db.Row) (i Item, err error) {
	err = r.Scan(&i.ID, &i.Version, &i.MeetingID, &i.No, db.AsJSON(&i.Subject), &i.Title, &i.Proposal, &i.Motion, &i.Departure, db.AsJSON(&i.Orgs),
		&i.OpenedAt, &i.ClosedAt, &i.Result, db.AsJSON(&i.Count), db.AsJSON(&i.Roll), &i.Reason, &i.Heard, &i.FromID, &i.CarriedTo, &i.Shown)
	return i, err
}

func insertItem(ctx context.Context, tx *db.Tx, i Item) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_items (`+itemColumns+`, subject_kind, subject_id)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22)`,
		i.ID, i.Version, i.MeetingID, i.No, db.AsJSON(&i.Subject), i.Title, i.Proposal, i.Motion, i.Departure, db.AsJSON(&i.Orgs),
		i.OpenedAt, i.ClosedAt, string(i.Result), db.AsJSON(&i.Count), db.AsJSON(&i.Roll), i.Reason, i.Heard, i.FromID, i.CarriedTo, i.Shown,
		i.Subject.Kind, i.Subject.ID)
	return taken(err)
}

// updateItem writes what changes in the life of an item. Two items of one meeting
// cannot run at once.
func updateItem(ctx context.Context, tx *db.Tx, i Item) error {
	err := tx.ExecOne(ctx, `UPDATE panel_items SET version = version + 1, motion = $1, departure = $2, opened_at = $3, closed_at = $4, result = $5,
		tally = $6, roll = $7, reason = $8, heard = $9, carried_to = $10, shown = $11 WHERE id = $12 AND version = $13`,
		i.Motion, i.Departure, i.OpenedAt, i.ClosedAt, string(i.Result), db.AsJSON(&i.Count), db.AsJSON(&i.Roll), i.Reason, i.Heard, i.CarriedTo, i.Shown,
		i.ID, i.Version)
	return taken(err)
}

func itemByID(ctx context.Context, tx *db.Tx, id ref.ID) (Item, error) {
	return db.One(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM panel_items WHERE id = $1`, id)
}

func itemsOf(ctx context.Context, tx *db.Tx, meeting ref.ID) ([]Item, error) {
	return db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM panel_items WHERE meeting_id = $1 ORDER BY no`, meeting)
}

// itemsAbout lists the items of all meetings about a thing, the newest first.
func itemsAbout(ctx context.Context, tx *db.Tx, subject ref.Ref) ([]Item, error) {
	return db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM panel_items WHERE subject_kind = $1 AND subject_id = $2 ORDER BY id DESC`,
		subject.Kind, subject.ID)
}

// leftOver lists the items of a body that ended without a decision and went to no
// other meeting.
func leftOver(ctx context.Context, tx *db.Tx, body ref.ID) ([]Item, error) {
	return db.All(ctx, tx, scanItem, `SELECT `+itemColumns+` FROM panel_items WHERE result IN ('put_off', 'no_quorum') AND carried_to IS NULL
		AND meeting_id IN (SELECT id FROM panel_meetings WHERE body_id = $1) ORDER BY id`, body)
}

const presenceColumns = `id, version, meeting_id, member_id, came, gone, remote`

func scanPresence(r db.Row) (p Presence, err error) {
	err = r.Scan(&p.ID, &p.Version, &p.MeetingID, &p.MemberID, &p.Came, &p.Left, &p.Remote)
	return p, err
}

func insertPresence(ctx context.Context, tx *db.Tx, p Presence) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_presences (`+presenceColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
		p.ID, p.Version, p.MeetingID, p.MemberID, p.Came, p.Left, p.Remote)
	return taken(err)
}

func updatePresence(ctx context.Context, tx *db.Tx, p Presence) error {
	return tx.ExecOne(ctx, `UPDATE panel_presences SET version = version + 1, gone = $1 WHERE id = $2 AND version = $3`, p.Left, p.ID, p.Version)
}

func presencesOf(ctx context.Context, tx *db.Tx, meeting ref.ID) ([]Presence, error) {
	return db.All(ctx, tx, scanPresence, `SELECT `+presenceColumns+` FROM panel_presences WHERE meeting_id = $1 ORDER BY id`, meeting)
}

const recusalColumns = `id, version, meeting_id, item_id, member_id, reason, found, declared_at`

func scanRecusal(r db.Row) (x Recusal, err error) {
	err = r.Scan(&x.ID, &x.Version, &x.MeetingID, &x.ItemID, &x.MemberID, &x.Reason, &x.Found, &x.DeclaredAt)
	return x, err
}

func insertRecusal(ctx context.Context, tx *db.Tx, x Recusal) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_recusals (`+recusalColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		x.ID, x.Version, x.MeetingID, x.ItemID, x.MemberID, x.Reason, x.Found, x.DeclaredAt)
	return taken(err)
}

func updateRecusal(ctx context.Context, tx *db.Tx, x Recusal) error {
	return tx.ExecOne(ctx, `UPDATE panel_recusals SET version = version + 1, reason = $1 WHERE id = $2 AND version = $3`, x.Reason, x.ID, x.Version)
}

func recusalsOf(ctx context.Context, tx *db.Tx, meeting ref.ID) ([]Recusal, error) {
	return db.All(ctx, tx, scanRecusal, `SELECT `+recusalColumns+` FROM panel_recusals WHERE meeting_id = $1 ORDER BY id`, meeting)
}

func recusalsOfMember(ctx context.Context, tx *db.Tx, member ref.ID) ([]Recusal, error) {
	return db.All(ctx, tx, scanRecusal, `SELECT `+recusalColumns+` FROM panel_recusals WHERE member_id = $1 ORDER BY id`, member)
}

const voteColumns = `id, version, meeting_id, item_id, member_id, choice, by_hand, cast_at`

func scanVote(r db.Row) (v Vote, err error) {
	err = r.Scan(&v.ID, &v.Version, &v.MeetingID, &v.ItemID, &v.MemberID, &v.Choice, &v.ByHand, &v.CastAt)
	return v, err
}

func insertVote(ctx context.Context, tx *db.Tx, v Vote) error {
	_, err := tx.Exec(ctx, `INSERT INTO panel_votes (`+voteColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		v.ID, v.Version, v.MeetingID, v.ItemID, v.MemberID, string(v.Choice), v.ByHand, v.CastAt)
	return taken(err)
}

func updateVote(ctx context.Context, tx *db.Tx, v Vote) error {
	return tx.ExecOne(ctx, `UPDATE panel_votes SET version = version + 1, choice = $1, by_hand = $2, cast_at = $3 WHERE id = $4 AND version = $5`,
		string(v.Choice), v.ByHand, v.CastAt, v.ID, v.Version)
}

func votesOn(ctx context.Context, tx *db.Tx, item ref.ID) ([]Vote, error) {
	return db.All(ctx, tx, scanVote, `SELECT `+voteColumns+` FROM panel_votes WHERE item_id = $1 ORDER BY id`, item)
}

func votesOfMember(ctx context.Context, tx *db.Tx, member ref.ID) ([]Vote, error) {
	return db.All(ctx, tx, scanVote, `SELECT `+voteColumns+` FROM panel_votes WHERE member_id = $1 ORDER BY id`, member)
}
