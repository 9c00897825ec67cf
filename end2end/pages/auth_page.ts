import type { Page } from '@playwright/test';

/** `/login` and `/register`: one form each, the same hooks. */
export class AuthPage {
  constructor(readonly page: Page) {}

  async login(email: string, password: string, next?: string): Promise<void> {
    await this.page.goto(next === undefined ? '/login' : `/login?next=${encodeURIComponent(next)}`);
    await this.page.getByTestId('email').fill(email);
    await this.page.getByTestId('password').fill(password);
    await this.page.getByTestId('auth-submit').click();
  }

  async register(name: string, email: string, password: string): Promise<void> {
    await this.page.goto('/register');
    await this.page.getByTestId('name').fill(name);
    await this.page.getByTestId('email').fill(email);
    await this.page.getByTestId('password').fill(password);
    await this.page.getByTestId('auth-submit').click();
  }
}
