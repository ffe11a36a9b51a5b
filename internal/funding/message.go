package funding

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/journal"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// KindMessage is the kind of the ref of a message.
const KindMessage = "application_message"

// MostInMessage is to how many applications one message goes.
const MostInMessage = 20_000

// longestMessage is how long a message may be in one language, in characters.
const longestMessage = 4000

// Message is what the one who pays wrote to many applicants of a call at once.
type Message struct {
	ID     ref.ID `json:"id"`
	CallID ref.ID `json:"call_id"`
	// Once is a word drawn with the form: a message with the same one was sent before.
	Once         string    `json:"once"`
	Title        i18n.Text `json:"title"`
	Text         i18n.Text `json:"text"`
	Applications []ref.ID  `json:"applications"`
	Orgs         int       `json:"orgs"` // whose applications these are
	SentAt       db.Time   `json:"sent_at"`
	SentBy       ref.ID    `json:"sent_by"`
	Sample       bool      `json:"sample"`
	Version      int64     `json:"version"`
}

// Ref names the message: it is told in the list of the applications of its call.
func (m Message) Ref() ref.Ref {
	return ref.Ref{Kind: KindMessage, ID: m.ID, Title: m.Title, Path: "/calls/" + m.CallID.String() + "/applications"}
}

// Root is the call.
func (m Message) Root() ref.Ref { return ref.Ref{Kind: KindCall, ID: m.CallID} }

// JournalVersion is the version of the row, which never changes.
func (m Message) JournalVersion() int64 { return m.Version }

// Public is never: it is between the sides.
func (m Message) Public() bool { return false }

// check judges the words. The state speaks Kazakh and Russian.
func (m Message) check(byLaw bool) error {
	var bad problem.Fields
	for name, t := range map[string]i18n.Text{"title": m.Title, "text": m.Text} {
		bad.Reject(t.IsZero(), name, "form.required")
		bad.Reject(byLaw && t.KK == "", name+".kk", "form.required")
		bad.Reject(byLaw && t.RU == "", name+".ru", "form.required")
		for _, l := range i18n.Langs {
			bad.Reject(len([]rune(t.Get(l))) > longestMessage, name+"."+string(l), "funding.text_too_long", "most", longestMessage)
			bad.Reject(name == "title" && strings.ContainsAny(t.Get(l), "\r\n"), name+"."+string(l), "funding.message.one_line")
		}
	}
	bad.Reject(m.Once == "", "text", "form.required")
	bad.Reject(len(m.Applications) == 0, "text", "funding.message.nobody")
	return bad.Err()
}

// Addressed is to whom a message would go.
type Addressed struct {
	Call         Call
	Applications []ref.ID
	Orgs         []ref.ID
}

// Addressees tells to whom a message goes that is written to the applications which a
// filter lets through. Who has withdrawn is written to only when asked for.
func (s *Service) Addressees(ctx context.Context, by access.Actor, call ref.ID, f ApplicationFilter) (a Addressed, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		a, err = s.addressees(ctx, tx, by, call, f)
		return err
	})
	return a, err
}

func (s *Service) addressees(ctx context.Context, tx *db.Tx, by access.Actor, call ref.ID, f ApplicationFilter) (a Addressed, err error) {
	if a.Call, err = s.checkedCall(ctx, tx, by, call); err != nil {
		return a, err
	}
	st, err := s.standingsOf(ctx, tx, a.Call)
	if err != nil {
		return a, err
	}
	if err := s.followFor(ctx, tx, call, f, &st); err != nil {
		return a, err
	}
	where, args := s.narrowed(by, call, f, st)
	if f.State == "" {
		where += " AND a.state <> 'withdrawn'"
	}
	err = db.Each(ctx, tx, func(r db.Row) (x [2]ref.ID, err error) {
		err = r.Scan(&x[0], &x[1])
		return x, err
	}, func(x [2]ref.ID) error {
		a.Applications = append(a.Applications, x[0])
		if n := len(a.Orgs); n == 0 || a.Orgs[n-1] != x[1] {
			a.Orgs = append(a.Orgs, x[1])
		}
		return nil
	}, `SELECT a.id, a.org_id FROM applications a WHERE `+where+` ORDER BY a.org_id, a.id LIMIT `+strconv.Itoa(MostInMessage), args...)
	return a, err
}

// SendMessage sends a message to the applications that a filter lets through. expected is
// how many the writer was told: where it is no longer so, nothing is sent. A second
// press sends nothing and gives the message of the first.
func (s *Service) SendMessage(ctx context.Context, by access.Actor, m Message, f ApplicationFilter, expected int) (sent Message, err error) {
	m.Title, m.Text = m.Title.Trim(), m.Text.Trim()
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		to, err := s.addressees(ctx, tx, by, m.CallID, f)
		if err != nil {
			return err
		}
		as, err := s.mayKeepCall(by, to.Call)
		if err != nil {
			return err
		}
		before, there, err := db.Maybe(ctx, tx, scanMessage, `SELECT `+messageColumns+` FROM application_messages WHERE once = $1 AND call_id = $2`, m.Once, m.CallID)
		if sent = before; err != nil || there {
			return err
		}
		sent = m
		sent.ID, sent.SentAt, sent.SentBy, sent.Sample, sent.Version = tx.NewID(), db.At(tx.Now()), by.UserID, to.Call.Sample, 1
		sent.Applications, sent.Orgs = to.Applications, len(to.Orgs)
		slices.Sort(sent.Applications)
		if err := sent.check(ByLaw(to.Call.Kind)); err != nil {
			return err
		}
		if len(to.Applications) != expected {
			return problem.New(problem.Conflict, "funding.message.others_now", "n", len(to.Applications), "before", expected)
		}
		if err := insertMessage(ctx, tx, sent); err != nil {
			return err
		}
		if err := jobs.Enqueue(ctx, tx, tellMessage{sent.ID}); err != nil {
			return err
		}
		return journal.Record(ctx, tx, as, "funding.message.send", nil, sent)
	})
	return sent, err
}

// tellMessage is the job that writes the letters of a message, some at a time.
type tellMessage struct {
	Message ref.ID `json:"message"`
}

// JobKind names the job for ever.
func (tellMessage) JobKind() string { return "funding.message.tell" }

// MessageLetter is a message to the people of one applicant, about its applications.
type MessageLetter struct {
	Message      Message
	Call         Call
	OrgID        ref.ID
	Applications []Application
}

// tellMessage writes to the next organizations. Who is written to is noted in the
// transaction of the letters, so nobody gets two.
func (s *Service) tellMessage(ctx context.Context, tx *db.Tx, j tellMessage) error {
	m, err := db.One(ctx, tx, scanMessage, `SELECT `+messageColumns+` FROM application_messages WHERE id = $1`, j.Message)
	if err != nil {
		return err
	}
	c, err := callByID(ctx, tx, m.CallID)
	if err != nil {
		return err
	}
	next, err := db.All(ctx, tx, db.Value[ref.ID], `SELECT DISTINCT org_id FROM application_message_to WHERE message_id = $1 AND told_at IS NULL ORDER BY org_id LIMIT $2`, m.ID, toldAtOnce)
	if err != nil || len(next) == 0 {
		return err
	}
	for _, org := range next {
		list, err := db.All(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM applications
			WHERE id IN (SELECT application_id FROM application_message_to WHERE message_id = $1 AND org_id = $2) ORDER BY id`, m.ID, org)
		if err != nil {
			return err
		}
		if s.TellAll != nil {
			if err := s.TellAll(ctx, tx, MessageLetter{m, c, org, list}); err != nil {
				return err
			}
		}
	}
	if _, err := tx.Exec(ctx, `UPDATE application_message_to SET told_at = $2 WHERE message_id = $1 AND org_id IN `+db.In(3, len(next)), db.Args([]any{m.ID, db.At(tx.Now())}, next)...); err != nil {
		return err
	}
	return jobs.Enqueue(ctx, tx, j)
}

// SentMessage is a message with how many organizations were written to so far.
type SentMessage struct {
	Message
	Told int
}

// Messages gives the latest messages of a call to its funder's side.
func (s *Service) Messages(ctx context.Context, by access.Actor, call ref.ID) (list []SentMessage, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		list = nil
		if _, err := s.checkedCall(ctx, tx, by, call); err != nil {
			return err
		}
		sent, err := db.All(ctx, tx, scanMessage, `SELECT `+messageColumns+` FROM application_messages WHERE call_id = $1 ORDER BY id DESC LIMIT 10`, call)
		for _, m := range sent {
			x := SentMessage{Message: m}
			if x.Told, err = db.One(ctx, tx, db.Value[int], `SELECT count(DISTINCT org_id) FROM application_message_to WHERE message_id = $1 AND told_at IS NOT NULL`, m.ID); err != nil {
				return err
			}
			list = append(list, x)
		}
		return err
	})
	return list, err
}

// messagesTo gives the messages about an application, the latest first.
func messagesTo(ctx context.Context, tx *db.Tx, application ref.ID) ([]Message, error) {
	return db.All(ctx, tx, scanMessage, `SELECT `+messageColumns+` FROM application_messages
		WHERE id IN (SELECT message_id FROM application_message_to WHERE application_id = $1) ORDER BY id DESC`, application)
}

const messageColumns = `id, call_id, once, title, text, applications, orgs, sent_at, sent_by, sample, version`

func scanMessage(r db.Row) (m Message, err error) {
	err = r.Scan(&m.ID, &m.CallID, &m.Once, &m.Title, &m.Text, db.AsJSON(&m.Applications), &m.Orgs, &m.SentAt, &m.SentBy, &m.Sample, &m.Version)
	return m, err
}

// insertMessage stores a message with to whom it goes.
func insertMessage(ctx context.Context, tx *db.Tx, m Message) error {
	n, err := tx.Exec(ctx, `INSERT INTO application_messages (`+messageColumns+`) VALUES (`+slots(11)+`) ON CONFLICT (once) DO NOTHING`,
		m.ID, m.CallID, m.Once, m.Title, m.Text, db.AsJSON(&m.Applications), m.Orgs, m.SentAt, m.SentBy, m.Sample, m.Version)
	if err == nil && n == 0 { // the word is taken, by another call
		err = problem.New(problem.Conflict, "problem.changed_meanwhile")
	}
	if err != nil {
		return err
	}
	for part := range slices.Chunk(m.Applications, 500) {
		if _, err := tx.Exec(ctx, `INSERT INTO application_message_to (message_id, application_id, org_id) SELECT CAST($1 AS BIGINT), id, org_id FROM applications WHERE id IN `+db.In(2, len(part)),
			db.Args([]any{m.ID}, part)...); err != nil {
			return err
		}
	}
	return nil
}
