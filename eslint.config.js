// Promises that nobody waits for and switch cases that nobody wrote are errors; in browser code, so is what Chrome 74 lacks.

import js from '@eslint/js';
import compat from 'eslint-plugin-compat';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['build/', 'coverage/', 'node_modules/', '.tap/', 'data/'] },
  js.configs.recommended,
  {
    // The ideographic space is a letter of Chinese typesetting.
    rules: { 'no-irregular-whitespace': ['error', { skipStrings: true, skipTemplates: true }] },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommended],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './kiosk-client/tsconfig.json', './tests/kiosk-client/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
      ],
    },
  },
  {
    // A name from outside may be `constructor`. The rules know which names they hold, and are tried by themselves.
    files: ['server/**/*.ts'],
    ignores: ['server/core/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Use a union of strings.' },
        {
          selector:
            'MemberExpression[computed=true][property.type!="Literal"][object.property.name=/^(sessions|seats|staff|devices|cameras|candidates|approvals|alarms)$/]',
          message: 'Take it with entryOf: a name from outside may be one of a prototype.',
        },
      ],
    },
  },
  {
    // What is run in the page by a test is text to the type checker.
    files: ['tests/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
    },
  },
  {
    files: [
      'kiosk-client/**/*.ts',
      'kiosk-client/**/*.tsx',
      // What plays candidates in browsers too (tests/architecture.test.ts).
      'server/rehearsal/{any-answer,chance,dealt-items,listeners,percentiles,rehearsal-figures}.ts',
      'server/rehearsal/{rehearsed-seat,rehearsed-seats,scripted-pc,shelf,strokes}.ts',
    ],
    ...compat.configs['flat/recommended'],
  },
  {
    files: ['**/*.mjs', '*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
