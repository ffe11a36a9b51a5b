package accounts

import (
	"context"
	"strings"
	"time"

	"birge/internal/platform/access"
	"birge/internal/platform/db"
	"birge/internal/platform/problem"
	"birge/internal/platform/ref"
)

// Cookie is the name of the cookie that holds a session's token.
const Cookie = "birge"

// How long a session lasts: from its start, without being seen, and how long a
// second factor counts.
const (
	SessionLife   = 30 * 24 * time.Hour
	sessionIdle   = 7 * 24 * time.Hour
	confirmedLife = 12 * time.Hour
	pendingLife   = 10 * time.Minute
	actorKept     = 2 * time.Second
)

// Session is one browser in which a person is signed in.
type Session struct {
	ID       ref.ID `json:"id"`
	PersonID ref.ID `json:"person_id"`
	// Device says in a line which browser it is: "Firefox, Linux".
	Device string `json:"device"`
	// Via is how the person proved themselves: password, link, passkey, provider.
	Via string `json:"via"`
	// Pending sessions wait for the second factor and give no rights.
	Pending bool `json:"pending"`
	// VisitID is the visit at the help desk during which an officer acts here for another.
	VisitID     ref.ID  `json:"visit_id,omitempty"`
	MadeAt      db.Time `json:"made_at"`
	SeenAt      db.Time `json:"seen_at"` // to the minute
	ConfirmedAt db.Time `json:"confirmed_at"`
	EndedAt     db.Time `json:"ended_at"`
}

// alive tells that the session can be used at that time.
func (s Session) alive(now time.Time) bool {
	life := SessionLife
	if s.Pending {
		life = pendingLife
	}
	return s.EndedAt.IsZero() && now.Before(s.MadeAt.Add(life)) && now.Before(s.SeenAt.Add(sessionIdle))
}

func (s Session) confirmed(now time.Time) bool {
	return !s.ConfirmedAt.IsZero() && now.Before(s.ConfirmedAt.Add(confirmedLife))
}

// Knock is from where somebody comes: the network address and the browser's own
// description of itself.
type Knock struct{ Address, UserAgent string }

// Entry is a session that has just begun; Token goes into the cookie and
// nowhere else.
type Entry struct {
	Token   string
	Session Session
}

// begin makes a session of a person who proved themselves.
func begin(ctx context.Context, tx *db.Tx, p Person, via string, from Knock) (Entry, error) {
	now := db.At(tx.Now())
	e := Entry{newToken(), Session{
		ID: tx.NewID(), PersonID: p.ID, Device: DeviceOf(from.UserAgent), Via: via,
		Pending: !p.TOTPAt.IsZero() && via != ViaPasskey, MadeAt: now, SeenAt: db.At(now.Truncate(time.Minute)),
	}}
	if via == ViaPasskey {
		e.Session.ConfirmedAt = now // a passkey is something held, opened by something known
	}
	return e, insertSession(ctx, tx, e)
}

// The ways to prove oneself.
const (
	ViaPassword = "password"
	ViaLink     = "link"
	ViaPasskey  = "passkey"
	ViaProvider = "provider"
)

// SignIn begins a session by e-mail and password. A wrong password, an unknown
// address and a blocked account get the same answer after the same work.
func (s *Service) SignIn(ctx context.Context, from Knock, email, password string) (Entry, error) {
	account, address := try{byAccount, FoldEmail(email)}, try{byAddress, from.Address}
	var p Person
	var hash string
	if err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if err := admit(ctx, tx, account, address); err != nil {
			return err
		}
		p, hash, err = passwordOf(ctx, tx, email)
		return err
	}); err != nil {
		return Entry{}, err
	}
	ok, err := s.hasher.matches(ctx, password, hash)
	if err != nil {
		return Entry{}, err
	}
	if !ok || p.Status != Active {
		return Entry{}, problem.New(problem.Forbidden, "accounts.sign_in.wrong")
	}
	var e Entry
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		// The account may have changed while the hash was compared.
		now, is, err := passwordOf(ctx, tx, email)
		if err != nil {
			return err
		}
		if is != hash || now.Status != Active {
			return problem.New(problem.Forbidden, "accounts.sign_in.wrong")
		}
		if err := forgive(ctx, tx, account, address); err != nil {
			return err
		}
		e, err = begin(ctx, tx, now, ViaPassword, from)
		return err
	})
	return e, err
}

// SignOut ends the session of a token; an unknown token is no error.
func (s *Service) SignOut(ctx context.Context, token string) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1 WHERE token_hash = $2 AND ended_at IS NULL`,
			db.At(tx.Now()), hashOf(token))
		return err
	})
}

// Sessions lists the person's own sessions that are alive, the last seen first.
func (s *Service) Sessions(ctx context.Context, by access.Actor) (out []Session, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		all, err := sessionsOf(ctx, tx, by.UserID)
		for _, x := range all {
			if x.alive(tx.Now()) {
				out = append(out, x)
			}
		}
		return err
	})
	return out, err
}

// EndSession ends one of the person's own sessions.
func (s *Service) EndSession(ctx context.Context, by access.Actor, id ref.ID) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1 WHERE id = $2 AND person_id = $3 AND ended_at IS NULL`,
			db.At(tx.Now()), id, by.UserID)
		if err == nil && n == 0 {
			err = problem.New(problem.NotFound, "problem.not_found")
		}
		return err
	})
}

// EndOtherSessions ends all sessions of the person but the present one.
func (s *Service) EndOtherSessions(ctx context.Context, by access.Actor) error {
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error { return endSessions(ctx, tx, by.UserID, by.Session) })
}

// endSessions ends the sessions of a person but one.
// EndSessionsOf signs somebody out everywhere, for who runs the portal.
func (s *Service) EndSessionsOf(ctx context.Context, by access.Actor, id ref.ID) error {
	if err := mayRun(by); err != nil {
		return err
	}
	defer s.forget()
	return s.db.Update(ctx, func(tx *db.Tx) error { return endSessions(ctx, tx, id, 0) })
}

func endSessions(ctx context.Context, tx *db.Tx, person, but ref.ID) error {
	_, err := tx.Exec(ctx, `UPDATE sessions SET ended_at = $1 WHERE person_id = $2 AND id <> $3 AND ended_at IS NULL`,
		db.At(tx.Now()), person, int64(but))
	return err
}

// ActorOf is who holds the token, with the grants they have now. An unknown or
// ended token, and a session that waits for its second factor, is a stranger.
// What it answers may be two seconds old on the other nodes.
func (s *Service) ActorOf(ctx context.Context, token string) (access.Actor, error) {
	if token == "" {
		return access.Actor{}, nil
	}
	key := string(hashOf(token))
	actor, gen, ok := s.actors.find(key, s.db.Now())
	if !ok {
		var err error
		if actor, err = s.loadActor(ctx, token); err != nil {
			return access.Actor{}, err
		}
		s.actors.keep(key, actor, gen, s.db.Now())
	}
	if actor.SignedIn() {
		s.seen.note(actor.Session, s.db.Now())
	}
	return actor, nil
}

func (s *Service) loadActor(ctx context.Context, token string) (a access.Actor, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		x, ok, err := sessionByToken(ctx, tx, token)
		if err != nil || !ok || x.Pending || !x.alive(tx.Now()) {
			return err
		}
		p, err := personByID(ctx, tx, x.PersonID)
		if err != nil || p.Status != Active {
			return err
		}
		if a, err = actorOf(ctx, tx, p); err != nil {
			return err
		}
		a.Session, a.Confirmed = x.ID, !s.options.SecondFactor || x.confirmed(tx.Now())
		a.OnBehalf, err = behalfOf(ctx, tx, x)
		return err
	})
	return a, err
}

// ActorOfPerson is a person with the grants held now, for work that goes on in
// the person's name after the request. One who left or was blocked is a stranger.
func (s *Service) ActorOfPerson(ctx context.Context, id ref.ID) (a access.Actor, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		p, err := personByID(ctx, tx, id)
		if problem.Is(err, problem.NotFound) {
			return nil
		}
		if err != nil || p.Status != Active {
			return err
		}
		a, err = actorOf(ctx, tx, p)
		return err
	})
	return a, err
}

func actorOf(ctx context.Context, tx *db.Tx, p Person) (access.Actor, error) {
	a := access.Actor{UserID: p.ID, Name: p.Name}
	gs, err := grantsOf(ctx, tx, p.ID)
	for _, g := range gs {
		a.Grants = append(a.Grants, access.Grant{Role: g.Role, Scope: g.Scope.ID})
	}
	return a, err
}

// DeviceOf names a browser and its system in a line, from what the browser says
// of itself; nothing finer is kept.
func DeviceOf(userAgent string) string {
	browser, system := "", ""
	for _, b := range [...][2]string{
		{"Edg", "Edge"}, {"OPR/", "Opera"}, {"YaBrowser", "Yandex"}, {"SamsungBrowser", "Samsung"},
		{"Firefox", "Firefox"}, {"Chrom", "Chrome"}, {"Safari", "Safari"}, {"curl", "curl"},
	} {
		if browser == "" && strings.Contains(userAgent, b[0]) {
			browser = b[1]
		}
	}
	for _, o := range [...][2]string{
		{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"},
	} {
		if system == "" && strings.Contains(userAgent, o[0]) {
			system = o[1]
		}
	}
	return strings.Trim(browser+", "+system, ", ")
}
