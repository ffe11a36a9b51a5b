package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"birge/internal/app/facts"
	"birge/internal/platform/access"
	"birge/internal/platform/ref"
	"birge/internal/sample"
)

type demoCommand struct{ Config }

// Run makes the demo when its folder is new, and serves it. A second start on
// the same folder keeps the data.
func (c *demoCommand) Run(ctx context.Context) error {
	c.Demo = true
	clock := new(sample.Clock)
	c.Clock = clock.Now
	f, err := readFolder(c.Data)
	if unfinished := err == nil && f.Demo && !f.Made; unfinished && c.DB == "" {
		if err := clearStore(c.database()); err != nil {
			return err
		}
	}
	p, err := Open(ctx, c.Config)
	if err != nil {
		return err
	}
	if !f.Made {
		err = p.makeDemo(ctx, clock)
	} else {
		err = p.LoadFacts(ctx) // a newer program may carry more
	}
	if err != nil {
		return errors.Join(err, p.Close())
	}
	fmt.Println("birge serves a demo on http://" + c.Addr)
	return p.Run(ctx)
}

// clearStore removes a store whose making was cut short.
func clearStore(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("app: %w", err)
		}
	}
	return nil
}

// makeDemo fills a new folder and prints the sample sign-ins, once.
func (p *Portal) makeDemo(ctx context.Context, clock *sample.Clock) error {
	fmt.Println("making the demo: published facts and a sample region …")
	if err := p.LoadFacts(ctx); err != nil {
		return err
	}
	people, err := p.LoadSample(ctx, clock, false)
	if err != nil {
		return err
	}
	fmt.Println("sample sign-ins (printed once, kept nowhere):")
	for _, s := range people {
		fmt.Printf("  %-26s %-24s %s\n", s.Who, s.Email, s.Password)
	}
	return writeFolder(p.Config.Data, folder{Demo: true, Made: true})
}

// LoadFacts loads the published facts that the program carries: places, norms,
// figures. It adds what is missing and leaves alone what an operator changed.
func (p *Portal) LoadFacts(ctx context.Context) error {
	if err := p.Places.LoadFacts(ctx, access.Portal("facts"), facts.FS); err != nil {
		return err
	}
	if err := p.Norms.LoadSeed(ctx); err != nil {
		return err
	}
	return errors.Join(p.Figures.LoadFacts(ctx, access.Portal("facts"), facts.FS, p.placeByKATO),
		p.Forums.LoadFacts(ctx, access.Portal("facts"), facts.FS, p.placeByKATO),
		p.Awards.LoadFacts(ctx, access.Portal("facts"), facts.FS, p.placeByKATO),
		p.Resolutions.LoadFacts(ctx, access.Portal("facts"), facts.FS, p.placeRefByKATO))
}

func (p *Portal) placeByKATO(kato string) (ref.ID, bool) {
	place, ok := p.Places.Tree().ByKATO(kato)
	return place.ID, ok
}

// LoadSample tells the sample region while its clock runs through three years,
// and gives who can sign in.
func (p *Portal) LoadSample(ctx context.Context, clock *sample.Clock, few bool) ([]sample.SignIn, error) {
	people, err := sample.Tell(ctx, sample.Rooms{DB: p.DB, Zone: p.Zone, Accounts: p.Accounts, Places: p.Places, Orgs: p.Orgs, Projects: p.Projects, Panels: p.Panels, Funding: p.Funding, Forums: p.Forums, Awards: p.Awards, Files: p.Files, Resolutions: p.Resolutions, Few: few}, clock)
	if err != nil {
		return nil, err
	}
	return people, p.Sealer.Seal(ctx)
}
