package mail_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"birge/internal/app/migrations"
	"birge/internal/platform/db"
	"birge/internal/platform/db/dbtest"
	"birge/internal/platform/i18n"
	"birge/internal/platform/jobs"
	"birge/internal/platform/mail"
	"birge/internal/platform/problem"

	"github.com/emersion/go-smtp"
)

var schema = func() fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, name := range []string{"0002_jobs.sql", "0003_mail.sql"} {
		sql, err := migrations.FS.ReadFile(name)
		if err != nil {
			panic(err)
		}
		fsys[name] = &fstest.MapFile{Data: sql}
	}
	return fsys
}()

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// server takes letters, but answers the first ones with what replies holds.
type server struct {
	mu      sync.Mutex
	replies []error
	taken   []string
}

func (s *server) NewSession(*smtp.Conn) (smtp.Session, error) { return session{s}, nil }

type session struct{ *server }

func (session) Reset()                                 {}
func (session) Logout() error                          { return nil }
func (session) Mail(string, *smtp.MailOptions) error   { return nil }
func (s session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (s session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.replies) > 0 {
		err, s.replies = s.replies[0], s.replies[1:]
		return err
	}
	s.taken = append(s.taken, string(b))
	return err
}

func listen(t *testing.T, replies ...error) (*server, mail.Config) {
	t.Helper()
	backend := &server{replies: replies}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	s := smtp.NewServer(backend)
	s.Domain = "localhost"
	var serving sync.WaitGroup
	serving.Go(func() { _ = s.Serve(l) })
	t.Cleanup(func() { _ = s.Close(); serving.Wait() })
	return backend, mail.Config{SMTP: "smtp://" + l.Addr().String(), From: "Birge <portal@example.kz>", KeepDays: 30}
}

func start(t *testing.T, d *db.DB, c mail.Config) {
	t.Helper()
	r := jobs.NewRunner(d, 1)
	check(t, mail.Register(r, d, c))
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
}

var letter = mail.Letter{
	To: "Айгүл <aigul@example.kz>", Lang: i18n.KK, Subject: "Есеп\r\nBcc: all@example.kz", Text: "Сәлем!", HTML: "<p>Сәлем!</p>",
	Headers: map[string]string{"X-Thing": "a\nb"}, Unsubscribe: "https://example.kz/stop?t=1",
}

func send(t *testing.T, d *db.DB) {
	t.Helper()
	check(t, d.Update(t.Context(), func(tx *db.Tx) error { return mail.Send(t.Context(), tx, letter) }))
}

// until waits for the newest letter to be as ok wants it.
func until(t *testing.T, d *db.DB, ok func(mail.Outgoing) bool) (o mail.Outgoing) {
	t.Helper()
	woken, stop := d.Wake()
	defer stop()
	deadline := time.After(20 * time.Second)
	for {
		check(t, d.View(t.Context(), func(tx *db.Tx) error {
			list, err := mail.Outbox(t.Context(), tx, 0, 1)
			o = list[0]
			return err
		}))
		if ok(o) {
			return o
		}
		select {
		case <-woken:
		case <-deadline:
			t.Fatalf("the letter is %+v", o)
		}
	}
}

func TestLetterIsSent(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		s, config := listen(t)
		start(t, d, config)
		send(t, d)
		o := until(t, d, func(o mail.Outgoing) bool { return o.State == mail.Sent })
		m, err := netmail.ReadMessage(strings.NewReader(s.taken[0]))
		check(t, err)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		check(t, err)
		for name, pair := range map[string][2]string{
			"subject":     {subject, "Есеп Bcc: all@example.kz"},
			"bcc":         {m.Header.Get("Bcc"), ""},
			"to":          {m.Header.Get("To"), "<aigul@example.kz>"},
			"message id":  {m.Header.Get("Message-ID"), "<" + o.ID.String() + "@example.kz>"},
			"thing":       {m.Header.Get("X-Thing"), "a b"},
			"unsubscribe": {m.Header.Get("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click"},
		} {
			if pair[0] != pair[1] {
				t.Errorf("%s is %q, not %q", name, pair[0], pair[1])
			}
		}
		if !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative") {
			t.Errorf("type %s", m.Header.Get("Content-Type"))
		}
		clock.Advance(32 * 24 * time.Hour)
		send(t, d) // wakes the runner
		old := o.ID
		until(t, d, func(mail.Outgoing) bool {
			check(t, d.View(t.Context(), func(tx *db.Tx) (err error) {
				o, err = mail.ByID(t.Context(), tx, old)
				return err
			}))
			return !o.ErasedAt.IsZero()
		})
		if o.Text != "" || o.HTML != "" || o.To != "" || o.Subject != "" || o.State != mail.Sent {
			t.Errorf("not erased: %+v", o)
		}
	})
}

func TestServerThatRefuses(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, clock *dbtest.Clock) {
		s, config := listen(t, &smtp.SMTPError{Code: 451, Message: "later"}, &smtp.SMTPError{Code: 550, Message: "no such person"})
		start(t, d, config)
		send(t, d)
		until(t, d, func(o mail.Outgoing) bool { return o.State == mail.Waiting && strings.Contains(o.Error, "later") })
		until(t, d, func(o mail.Outgoing) bool {
			clock.Advance(time.Hour) // past the pause, whenever the job came to wait
			return o.State == mail.Failed && strings.Contains(o.Error, "no such person")
		})
		if len(s.taken) != 0 {
			t.Errorf("taken %q", s.taken)
		}
	})
}

func TestWithoutSMTPLettersStay(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		start(t, d, mail.Config{KeepDays: 30})
		send(t, d)
		o := until(t, d, func(o mail.Outgoing) bool { return o.State == mail.Kept })
		if o.To != "aigul@example.kz" || o.Text != letter.Text || o.Lang != i18n.KK || o.Unsubscribe != letter.Unsubscribe {
			t.Errorf("%+v", o)
		}
	})
}

func TestSendIsPartOfTheChange(t *testing.T) {
	dbtest.Each(t, schema, func(t *testing.T, d *db.DB, _ *dbtest.Clock) {
		undo := errors.New("undo")
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			check(t, mail.Send(t.Context(), tx, letter))
			return undo
		})
		if !errors.Is(err, undo) {
			t.Fatal(err)
		}
		check(t, d.Update(t.Context(), func(tx *db.Tx) error {
			if list, err := mail.Outbox(t.Context(), tx, 0, 9); len(list) != 0 || err != nil {
				t.Errorf("left %v, %v", list, err)
			}
			if err := mail.Send(t.Context(), tx, mail.Letter{To: "nobody"}); !problem.Is(err, problem.Invalid) {
				t.Errorf("a wrong address gave %v", err)
			}
			return nil
		}))
	})
}

func TestBadConfig(t *testing.T) {
	for _, c := range []mail.Config{
		{SMTP: "mail.example.kz:25", From: "a@example.kz"}, {SMTP: "http://example.kz", From: "a@example.kz"},
		{SMTP: "smtp://example.kz", From: "nobody"},
	} {
		if err := mail.Register(jobs.NewRunner(nil, 1), nil, c); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}
