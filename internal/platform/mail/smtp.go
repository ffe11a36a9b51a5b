package mail

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/jobs"
	"birge/internal/platform/ref"

	gomail "github.com/wneessen/go-mail"
)

// Config says how letters leave the portal.
type Config struct {
	// SMTP is smtp://user:password@host:587 (STARTTLS, demanded when there is a
	// user) or smtps://user:password@host:465; empty when there is none.
	SMTP string
	// From is the sender: "Birge <portal@example.kz>".
	From string
	// KeepDays is for how many days a letter can be read in the outbox.
	KeepDays int
}

// Register gives the runner the work of sending letters and of erasing old ones.
func Register(r *jobs.Runner, d *db.DB, c Config) error {
	s := sender{d: d, keepDays: c.KeepDays}
	if c.SMTP != "" {
		from, err := mail.ParseAddress(c.From)
		if err != nil {
			return fmt.Errorf("mail: sender %q: %w", c.From, err)
		}
		s.from = from
		if s.host, s.options, err = dialing(c.SMTP); err != nil {
			return err
		}
	}
	jobs.Handle(r, s.send)
	r.Every("mail.erase", jobs.Daily(3, 30, time.UTC), s.erase)
	return nil
}

// dialing reads the address of an SMTP server.
func dialing(address string) (host string, options []gomail.Option, err error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return "", nil, errors.New("mail: the address of the server must be smtp://user:password@host:port or smtps://…")
	}
	options = []gomail.Option{gomail.WithTimeout(30 * time.Second)}
	switch {
	case u.Scheme == "smtps":
		options = append(options, gomail.WithSSL(), gomail.WithPort(465))
	case u.User != nil:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory), gomail.WithPort(587))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSOpportunistic), gomail.WithPort(25))
	}
	if u.Port() != "" {
		port, err := strconv.Atoi(u.Port())
		if err != nil {
			return "", nil, fmt.Errorf("mail: %w", err)
		}
		options = append(options, gomail.WithPort(port))
	}
	if u.User != nil {
		password, _ := u.User.Password()
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
	}
	return u.Hostname(), options, nil
}

type sender struct {
	d        *db.DB
	host     string // empty without SMTP
	options  []gomail.Option
	from     *mail.Address
	keepDays int
}

func (s sender) send(ctx context.Context, j sendLetter) error {
	var o Outgoing
	err := s.d.View(ctx, func(tx *db.Tx) (err error) {
		o, err = ByID(ctx, tx, j.ID)
		return err
	})
	if err != nil || o.State != Waiting || !o.ErasedAt.IsZero() {
		return err
	}
	if s.host == "" {
		return s.mark(ctx, o.ID, Kept, nil)
	}
	refused := s.deliver(ctx, o)
	switch {
	case refused == nil:
		return s.mark(ctx, o.ID, Sent, nil)
	case forGood(refused):
		return jobs.Hopeless(errors.Join(refused, s.mark(ctx, o.ID, Failed, refused)))
	}
	return errors.Join(refused, s.mark(ctx, o.ID, Waiting, refused))
}

func forGood(err error) bool {
	var refused *gomail.SendError
	return errors.As(err, &refused) && refused.ErrorCode() >= 500
}

func (s sender) mark(ctx context.Context, id ref.ID, state State, failure error) error {
	text := ""
	if failure != nil {
		text = failure.Error()
	}
	return s.d.Update(ctx, func(tx *db.Tx) error {
		var sent db.Time
		if state == Sent {
			sent = db.At(tx.Now())
		}
		return tx.ExecOne(ctx, `UPDATE mail_outbox SET state = $1, error = $2, sent_at = $3 WHERE id = $4`, string(state), text, sent, id)
	})
}

func (s sender) deliver(ctx context.Context, o Outgoing) error {
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	m, err := s.message(o)
	if err != nil {
		return err
	}
	if err := client.DialAndSendWithContext(ctx, m); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	return nil
}

func (s sender) message(o Outgoing) (*gomail.Msg, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	m.FromMailAddress(s.from)
	if err := m.To(o.To); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	m.SetMessageIDWithValue(o.ID.String() + "@" + domain)
	m.SetDateWithValue(o.MadeAt.Time)
	m.Subject(o.Subject)
	m.SetGenHeader("Content-Language", string(o.Lang))
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	for name, value := range o.Headers {
		m.SetGenHeader(gomail.Header(oneLine(name)), oneLine(value))
	}
	if o.Unsubscribe != "" {
		if err := m.SetListUnsubscribeOneClick(o.Unsubscribe); err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
	}
	m.SetBodyString(gomail.TypeTextPlain, o.Text)
	if o.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, o.HTML)
	}
	return m, nil
}

// erase empties letters that were kept long enough.
func (s sender) erase(ctx context.Context) error {
	return s.d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE mail_outbox SET recipient = '', subject = '', text = '', html = '', headers = '{}', unsubscribe = '',
			error = '', erased_at = $1 WHERE erased_at IS NULL AND made_at < $2`, db.At(tx.Now()), db.At(tx.Now().AddDate(0, 0, -s.keepDays)))
		return err
	})
}
