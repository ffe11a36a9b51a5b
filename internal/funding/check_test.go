package funding

import (
	"testing"
	"time"

	"birge/internal/platform/db"
	"birge/internal/platform/i18n"
	"birge/internal/platform/problem"
)

func TestFormalCheck(t *testing.T) {
	codes := CheckCodes(Terms{Eligibility: []Requirement{{Code: "age"}}})
	yes := func() (items []CheckItem) {
		for _, c := range codes {
			items = append(items, CheckItem{Code: c, OK: true})
		}
		return items
	}
	no := func(reason string) []CheckItem {
		items := yes()
		items[2] = CheckItem{Code: items[2].Code, Reason: ruText(reason)}
		return items
	}
	at, day := db.At(time.Now()), db.Day(2026, 5, 20)
	mend := []Mend{{"need", ruText("Нет цифр")}}
	for name, c := range map[string]struct {
		state ApplicationState
		do    func(a *Application) error
		kind  problem.Kind
		want  ApplicationState
	}{
		"admitted":                  {Submitted, func(a *Application) error { return a.Admit(yes(), codes, at, day, 5) }, 0, Admitted},
		"admitted with a no":        {Submitted, func(a *Application) error { return a.Admit(no("x"), codes, at, day, 5) }, problem.Invalid, Submitted},
		"admitted, one not asked":   {Submitted, func(a *Application) error { return a.Admit(yes()[1:], codes, at, day, 5) }, problem.Invalid, Submitted},
		"admitted twice":            {Admitted, func(a *Application) error { return a.Admit(yes(), codes, at, day, 5) }, problem.Conflict, Admitted},
		"admitted though withdrawn": {Withdrawn, func(a *Application) error { return a.Admit(yes(), codes, at, day, 5) }, problem.Conflict, Withdrawn},
		"refused":                   {Submitted, func(a *Application) error { return a.Refuse(no("Нет устава"), codes, at, day, 5) }, 0, Refused},
		"refused without a reason":  {Submitted, func(a *Application) error { return a.Refuse(no(""), codes, at, day, 5) }, problem.Invalid, Submitted},
		"refused for nothing":       {Submitted, func(a *Application) error { return a.Refuse(yes(), codes, at, day, 5) }, problem.Invalid, Submitted},
		"refused while returned":    {Returned, func(a *Application) error { return a.Refuse(no("x"), codes, at, day, 5) }, problem.Conflict, Returned},
		"returned":                  {Submitted, func(a *Application) error { return a.Return(mend, day, at, 5) }, 0, Returned},
		"returned for nothing":      {Submitted, func(a *Application) error { return a.Return(nil, day, at, 5) }, problem.Invalid, Submitted},
		"returned without a note":   {Submitted, func(a *Application) error { return a.Return([]Mend{{Field: "need"}}, day, at, 5) }, problem.Invalid, Submitted},
		"returned for an unknown field": {Submitted, func(a *Application) error { return a.Return([]Mend{{"state", ruText("x")}}, day, at, 5) },
			problem.Invalid, Submitted},
		"returned where no norm lets": {Submitted, func(a *Application) error { return a.Return(mend, db.Date{}, at, 5) }, problem.Invalid, Submitted},
		"withdrawn":                   {Submitted, func(a *Application) error { return a.Withdraw(at, ruText("Передумали")) }, 0, Withdrawn},
		"withdrawn while returned":    {Returned, func(a *Application) error { return a.Withdraw(at, ruText("x")) }, 0, Withdrawn},
		"withdrawn when admitted":     {Admitted, func(a *Application) error { return a.Withdraw(at, ruText("x")) }, 0, Withdrawn},
		"withdrawn without a reason":  {Submitted, func(a *Application) error { return a.Withdraw(at, i18n.Text{}) }, problem.Invalid, Submitted},
		"withdrawn when funded":       {Funded, func(a *Application) error { return a.Withdraw(at, ruText("x")) }, problem.Conflict, Funded},
		"withdrawn when refused":      {Refused, func(a *Application) error { return a.Withdraw(at, ruText("x")) }, problem.Conflict, Refused},
	} {
		t.Run(name, func(t *testing.T) {
			a := Application{State: c.state, FixDue: day}
			err := c.do(&a)
			if c.kind == 0 && err != nil || c.kind != 0 && !problem.Is(err, c.kind) || a.State != c.want {
				t.Errorf("it is %s with %v, want %s", a.State, err, c.want)
			}
		})
	}
}

func TestReturnIsOnce(t *testing.T) {
	a := Application{State: Submitted}
	at, due := db.At(time.Now()), db.Day(2026, 5, 20)
	if err := a.Return([]Mend{{"need", ruText("Нет цифр")}}, due, at, 5); err != nil {
		t.Fatal(err)
	}
	late := a
	if err := late.Mended(at, due.AddDays(1)); !problem.Is(err, problem.Conflict) {
		t.Errorf("the day after the last a correction gives %v", err)
	}
	if err := a.Mended(at, due); err != nil || a.State != Submitted {
		t.Errorf("on the last day a correction gives %v", err)
	}
	if err := a.Return([]Mend{{"need", ruText("Опять")}}, due, at, 5); !problem.Is(err, problem.Conflict) {
		t.Errorf("a second return gives %v", err)
	}
}

func TestHandedIn(t *testing.T) {
	closes := time.Date(2026, 4, 1, 13, 0, 0, 0, time.UTC)
	at := func(d time.Duration) db.Time { return db.At(closes.Add(d)) }
	for name, c := range map[string]struct {
		received, now, latest time.Duration
		at                    time.Duration
		ok                    bool
	}{
		"in good time":                        {-time.Hour, -time.Hour, -2 * time.Hour, -time.Hour, true},
		"at the last moment":                  {-time.Microsecond, time.Second, -time.Minute, -time.Microsecond, true},
		"came in time, waited for its turn":   {-time.Second, 3 * time.Second, 2 * time.Second, -time.Second, true},
		"at the deadline":                     {0, 0, -time.Minute, 0, false},
		"late":                                {time.Second, time.Second, -time.Minute, time.Second, false},
		"the clock was set back by two hours": {-time.Hour, -time.Hour, time.Hour, time.Hour, false},
		"set back well before the deadline":   {-5 * time.Hour, -5 * time.Hour, -3 * time.Hour, -3 * time.Hour, true},
		"another node is a second ahead":      {-time.Hour, -time.Hour, -time.Hour + time.Second, -time.Hour, true},
	} {
		got, ok := handedIn(at(c.received), at(c.now), at(c.latest), db.At(closes))
		if ok != c.ok || !got.Equal(at(c.at).Time) {
			t.Errorf("%s: handed in at %s, in time %v; want %s %v", name, got, ok, at(c.at), c.ok)
		}
	}
}
