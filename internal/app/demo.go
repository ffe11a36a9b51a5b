package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"birge/internal/app/facts"
	"birge/internal/platform/access"
)

type demoCommand struct{ Config }

// Run makes the demo when its folder is new, and serves it. A second start on
// the same folder keeps the data.
func (c *demoCommand) Run(ctx context.Context) error {
	c.Demo = true
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
		if err := p.makeDemo(ctx); err != nil {
			return errors.Join(err, p.Close())
		}
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
func (p *Portal) makeDemo(ctx context.Context) error {
	fmt.Println("making the demo: published facts and a sample region …")
	if err := p.LoadFacts(ctx); err != nil {
		return err
	}
	if err := p.loadSample(ctx); err != nil {
		return err
	}
	return writeFolder(p.Config.Data, folder{Demo: true, Made: true})
}

// LoadFacts loads the published facts that the program carries: places, norms,
// figures. It adds what is missing and leaves alone what an operator changed.
func (p *Portal) LoadFacts(ctx context.Context) error {
	if err := p.Places.LoadFacts(ctx, access.Portal("facts"), facts.FS); err != nil {
		return err
	}
	return p.Norms.LoadSeed(ctx)
}

func (p *Portal) loadSample(context.Context) error { return nil }
